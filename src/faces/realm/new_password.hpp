#pragma once
/// Forms in which somebody chooses a password, and what is wrong with what was filled in.

#include "domain/context.hpp"
#include "faces/pages/page.hpp"
#include "http/message/form.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::faces::realm {

/// What somebody filled in that can't be taken.
struct Refused {
    std::string field{};
    std::string sentence{};
    std::optional<http::Form> filled{};
    int status = 200;

    /// The fault, if it is that of this field.
    std::string fault_of(std::string_view name) const;
    /// What was filled in; empty the first time.
    std::string value_of(std::string_view name) const;
};

/// What was wrong with a form, to be shown beside the field that the error names, else beside `field`.
Refused refused_by(const Error& error, std::string_view field, const http::Form& form);

/// The new password, twice.
std::vector<pages::Input> new_password_inputs(const Refused& refused);

/// The new password that such a form holds, ready to be kept; or which field is at fault.
Result<std::string> new_hash(const domain::Call& call, const http::Form& form);

} // namespace landfall::faces::realm

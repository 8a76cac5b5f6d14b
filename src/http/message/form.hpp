#pragma once
/// Bodies of forms: `application/x-www-form-urlencoded`. Spec: WHATWG URL section 5.1.

#include "core/result.hpp"
#include "http/message/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::http {

class Form {
public:
    /// BadRequest if the body is no form, is not UTF-8, has more than 100 fields, or one of them twice.
    static Result<Form> of(const Request& request);

    /// Empty if there is none: an empty field counts as absent (RFC 6749 section 3.1).
    std::string_view get(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

} // namespace landfall::http

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace landfall::http {

/// Takes the first `name=value` off a query or a form; either is nothing if its escapes are broken (`+` is a space).
std::pair<std::optional<std::string>, std::optional<std::string>> take_form_field(std::string_view& text);

} // namespace landfall::http

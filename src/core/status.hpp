#pragma once
/// Outcomes as HTTP counts them, for answers and for what is told of them later.

#include "core/result.hpp"

#include <string_view>

namespace landfall {

/// The HTTP status of a failure.
int http_status(Code code);

/// The same of an outcome by its `code_name`; 200 for `ok` and for every other word.
int http_status_of_outcome(std::string_view name);

} // namespace landfall

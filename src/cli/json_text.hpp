#pragma once
/// JSON for people.

#include "schema/json.hpp"

#include <string>

namespace landfall::cli {

/// Indented by two; arrays of plain values stay on one line if they fit in 100 columns.
std::string pretty_json(const Json& value);

} // namespace landfall::cli

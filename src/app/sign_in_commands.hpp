#pragma once
/// Commands about signing in.

#include "app/command_row.hpp"

#include <vector>

namespace landfall::app {

/// `auth rotate-key`.
std::vector<Row> sign_in_rows();

} // namespace landfall::app

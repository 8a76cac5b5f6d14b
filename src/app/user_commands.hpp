#pragma once
/// `landfall user …`: who may sign in. Design: section 13.

#include "app/command_row.hpp"

#include <vector>

namespace landfall::app {

std::vector<Row> user_rows();

} // namespace landfall::app

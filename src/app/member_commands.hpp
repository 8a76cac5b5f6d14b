#pragma once
/// `landfall member …`: who has which role in a project or an organization. Design: section 13.

#include "app/command_row.hpp"

#include <vector>

namespace landfall::app {

std::vector<Row> member_rows();

} // namespace landfall::app

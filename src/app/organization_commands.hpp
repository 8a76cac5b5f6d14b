#pragma once
/// `landfall organization list|show|delete`. Design: section 13.

#include "app/command_row.hpp"

#include <vector>

namespace landfall::app {

std::vector<Row> organization_account_rows();

} // namespace landfall::app

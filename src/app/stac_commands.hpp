#pragma once
/// `landfall project set` and `landfall stac collection set`: what an operator says of the STAC API. Design:
/// section 13.

#include "app/command_row.hpp"

#include <vector>

namespace landfall::app {

std::vector<Row> stac_rows();

} // namespace landfall::app

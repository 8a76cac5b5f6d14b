#pragma once
/// Many items at once, all or none. Contract: swisstopo.md section 11.

#include "stac/site.hpp"

namespace landfall::stac {

Result<Reply> create_items(const Asked& asked);

} // namespace landfall::stac

#pragma once
/// Lists of items: those of a collection, and what a search finds. Contract: swisstopo.md sections 6, 10 and 17.

#include "stac/site.hpp"

namespace landfall::stac {

Result<Reply> list_items(const Asked& asked);
Result<Reply> search_by_url(const Asked& asked);
Result<Reply> search_by_body(const Asked& asked);

} // namespace landfall::stac

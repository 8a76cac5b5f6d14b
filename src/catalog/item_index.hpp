#pragma once
/// What the repository of items keeps for searching beside the row itself: the narrow key row, the boxes, the
/// outline and the tallies.

#include "catalog/database.hpp"
#include "catalog/item.hpp"

namespace landfall::catalog {

/// Where an item stands.
struct ItemPlace {
    std::int64_t no = 0;
    std::int64_t project_no = 0;
    std::int64_t collection_no = 0; ///< 0: in none
};

/// The fourth axis of SQLite's box index: projects far apart, each one unit wide, exact as 32-bit floats.
constexpr std::int64_t kTenants = 262'144;
constexpr double kTenantStep = 64;
double tenant_axis(std::int64_t project_no);

/// Adds the item to the index.
Status index_item(Session& session, const ItemPlace& place, const ItemRow& row);
/// Takes it out.
Status unindex_item(Session& session, const ItemPlace& place);
/// Counts a change, and `items` more live items, where the item stands. `span_us`: length of its interval.
Status tally_item(Session& session, const ItemPlace& place, std::int64_t items, std::int64_t span_us);

/// The item's time: start and end where both are given, else datetime or the one of them as both ends.
std::optional<std::int64_t> item_start(const ItemRow& row);
std::optional<std::int64_t> item_end(const ItemRow& row);
std::int64_t item_span(const ItemRow& row);

/// The project's number; nothing if it is foreign, deleted or unknown.
Result<std::optional<std::int64_t>> find_project_no(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project);

} // namespace landfall::catalog

#pragma once
/// What the repository of items keeps for searching beside the row itself: the narrow key row, the boxes, the
/// outline and the tallies.

#include "catalog/items/item.hpp"
#include "catalog/vocabulary.hpp"

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
/// Its third axis: the day of an instant, in units of thirty days. An item reaches to the next day.
constexpr std::int64_t kMicrosADay = 86'400'000'000;
constexpr double kTimeUnitDays = 30;
double time_axis(std::int64_t micros);
double tenant_axis(std::int64_t project_no);
/// Its fifth axis: an item reaches from its cloud cover to one percent more, one without any far to both sides, so that
/// it comes last whichever end is sorted by. Short beside the other axes, so the tree never splits along it.
struct Reach {
    double from = 0;
    double to = 0;
};
Reach cloud_axis(std::optional<double> cloud_cover);

/// Adds the item to the index.
Status index_item(Session& session, const ItemPlace& place, const ItemRow& row);
/// Takes it out.
Status unindex_item(Session& session, const ItemPlace& place);
/// How long before the latest item of its project this one was created, asked before it is indexed. SQLite only: its
/// searches use that numbers follow creation.
Result<std::int64_t> created_slack(Session& session, const ItemPlace& place, const ItemRow& row);

/// What a change adds to the tallies.
struct ItemTally {
    std::int64_t items = 0;            ///< live ones
    std::int64_t span_us = 0;          ///< length of the item's interval
    std::int64_t created_slack_us = 0; ///< see created_slack
};
/// Counts a change where the item stands.
Status tally_item(Session& session, const ItemPlace& place, const ItemTally& tally);

/// The item's time: start and end where both are given, else datetime or the one of them as both ends.
std::optional<std::int64_t> item_start(const ItemRow& row);
std::optional<std::int64_t> item_end(const ItemRow& row);
std::int64_t item_span(const ItemRow& row);

/// The project's number; nothing if it is foreign, deleted or unknown.
Result<std::optional<std::int64_t>> find_project_no(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project);

} // namespace landfall::catalog

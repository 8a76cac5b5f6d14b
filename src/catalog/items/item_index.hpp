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

constexpr auto columns(Of<ItemPlace>) {
    using R = ItemPlace;
    return excerpt("item", column("no", &R::no), column("project_no", &R::project_no),
                   column("collection_no", &R::collection_no));
}

/// The narrow row of a live item. Its texts are those of an ItemRow that outlives it: it is written, never read back.
template<Engine engine>
struct ItemKeyRow {
    ItemPlace at;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::string_view id;
    std::optional<std::int64_t> t_start; ///< microseconds
    std::optional<std::int64_t> t_end;
    std::optional<geo::Bounds> box;
    std::int64_t shape = 0; ///< a `geo::Footprint::Shape`
    std::string_view type;
    std::optional<double> cloud_cover;
    std::optional<double> gsd;
    std::string_view name;
    std::int64_t place = 0; ///< SQLite: see place.hpp
};

template<Engine engine>
constexpr auto columns(Of<ItemKeyRow<engine>>) {
    using R = ItemKeyRow<engine>;
    using Box = geo::Bounds;
    const auto own = [] {
        if constexpr (engine == Engine::Sqlite)
            return column("place", &R::place);
        else
            return generated("outline");
    };
    return table("item_key", column("no", &R::at, &ItemPlace::no, Use::Key),
                 column("project_no", &R::at, &ItemPlace::project_no),
                 column("collection_no", &R::at, &ItemPlace::collection_no), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at), column("id", &R::id), column("t_start", &R::t_start),
                 column("t_end", &R::t_end), column("west", &R::box, &Box::west), column("south", &R::box, &Box::south),
                 column("east", &R::box, &Box::east), column("north", &R::box, &Box::north), column("shape", &R::shape),
                 column("type", &R::type), column("cloud_cover", &R::cloud_cover), column("gsd", &R::gsd),
                 column("name", &R::name), own());
}

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

/// A box in the R*Tree; an item has two where it crosses the antimeridian. SQLite.
struct ItemBoxRow {
    std::int64_t box = 0; ///< twice the item's number, or one more
    geo::Bounds place;
    double time_from = 0; ///< see time_axis
    double time_to = 0;
    double tenant_from = 0; ///< see tenant_axis
    double tenant_to = 0;
    Reach cloud;
};

constexpr auto columns(Of<ItemBoxRow>) {
    using R = ItemBoxRow;
    using Box = geo::Bounds;
    return table("item_box", column("box", &R::box, Use::Key), column("west", &R::place, &Box::west),
                 column("east", &R::place, &Box::east), column("south", &R::place, &Box::south),
                 column("north", &R::place, &Box::north), column("time_from", &R::time_from),
                 column("time_to", &R::time_to), column("tenant_from", &R::tenant_from),
                 column("tenant_to", &R::tenant_to), column("cloud_from", &R::cloud, &Reach::from),
                 column("cloud_to", &R::cloud, &Reach::to));
}

/// The exact outline of an item that is more than its box. SQLite.
struct ItemOutlineRow {
    std::int64_t no = 0;
    Blob outline;
};

constexpr auto columns(Of<ItemOutlineRow>) {
    using R = ItemOutlineRow;
    return table("item_outline", column("no", &R::no, Use::Key), column("outline", &R::outline));
}

/// Adds the item to the index.
Status index_item(Session& session, const ItemPlace& place, const ItemRow& row);
/// The item changed, but nothing that it is filtered by.
Status touch_index(Session& session, const ItemPlace& place, Timestamp updated_at);
/// Takes it out. False if it was not in it.
Result<bool> unindex_item(Session& session, const ItemPlace& place);
/// How long before the latest item of its project this one was created, asked before it is indexed. SQLite only: its
/// searches use that numbers follow creation.
Result<std::int64_t> created_slack(Session& session, const ItemPlace& place, const ItemRow& row);

/// What a change adds to the tallies.
struct ItemTally {
    std::int64_t items = 0;            ///< live ones
    std::int64_t span_us = 0;          ///< length of the item's interval
    std::int64_t created_slack_us = 0; ///< see created_slack
    Timestamp at{};                    ///< when it changed
};
/// A row of the tallies as a change first writes it. PostgreSQL spreads the writers over several.
template<Engine engine>
struct ItemTallyRow {
    ItemPlace at;
    ItemTally tally;
};

template<Engine engine>
constexpr auto columns(Of<ItemTallyRow<engine>>) {
    using R = ItemTallyRow<engine>;
    return table("item_tally", column("project_no", &R::at, &ItemPlace::project_no),
                 column("collection_no", &R::at, &ItemPlace::collection_no),
                 given("slot", engine == Engine::Sqlite ? "0" : "pg_backend_pid() % 16"),
                 column("items", &R::tally, &ItemTally::items), given("changes", "1"),
                 column("longest_span", &R::tally, &ItemTally::span_us),
                 column("created_slack", &R::tally, &ItemTally::created_slack_us),
                 column("changed_at", &R::tally, &ItemTally::at));
}

/// Counts a change where the item stands.
Status tally_item(Session& session, const ItemPlace& place, const ItemTally& tally);

/// The item's time, microseconds: start and end where both are given, else datetime or the one of them as both ends; of
/// an item without any, when it was created.
std::int64_t item_start(const ItemRow& row);
std::int64_t item_end(const ItemRow& row);
std::int64_t item_span(const ItemRow& row);

/// The project's number; nothing if it is foreign, deleted or unknown.
Result<std::optional<std::int64_t>> find_project_no(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project);

} // namespace landfall::catalog

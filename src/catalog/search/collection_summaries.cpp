#include "catalog/search/collection_summaries.hpp"

#include "catalog/items/item.hpp"
#include "database/table_rows.hpp"
#include "geo/longitude_cover.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kChanges = R"(
SELECT CAST(coalesce(sum(t.changes), 0) AS BIGINT), max(t.changed_at) FROM item_tally t
WHERE t.project_no = (SELECT p.no FROM project p WHERE p.id = ?1)
    AND t.collection_no = (SELECT c.no FROM collection c WHERE c.id = ?2))";
/// Times as they are given, not those by which items without any are sorted; boxes that cross the antimeridian apart.
constexpr std::string_view kCover = R"(
SELECT min(coalesce(i.start_datetime, i.datetime)), max(coalesce(i.end_datetime, i.datetime)),
    min(i.south), max(i.north), min(CASE WHEN i.west <= i.east THEN i.west END),
    max(CASE WHEN i.west <= i.east THEN i.east END), min(CASE WHEN i.west > i.east THEN i.west END),
    max(CASE WHEN i.west > i.east THEN i.east END), min(i.view_expires_at)
FROM item i WHERE i.project_no = (SELECT p.no FROM project p WHERE p.id = ?1)
    AND i.collection_no = (SELECT c.no FROM collection c WHERE c.id = ?2)
    AND i.deleted_at IS NULL AND i.type <> 'collection_files' AND (i.view_expires_at IS NULL OR i.view_expires_at > ?3))";
constexpr std::string_view kMembers = R"(
SELECT DISTINCT a.members, CASE WHEN i.type = 'collection_files' THEN 1 ELSE 0 END
FROM item i JOIN asset a ON a.item_id = i.id
WHERE i.project_no = (SELECT p.no FROM project p WHERE p.id = ?1)
    AND i.collection_no = (SELECT c.no FROM collection c WHERE c.id = ?2)
    AND i.deleted_at IS NULL AND a.deleted_at IS NULL AND a.members IS NOT NULL
    AND (i.view_expires_at IS NULL OR i.view_expires_at > ?3)
ORDER BY a.members)";

struct Covered {
    Summary summary;
    std::optional<Timestamp> first_end; ///< of an item's view
};

Covered covered_in(const Row& row) {
    Covered found;
    if (!row.is_null(0) && !row.is_null(1))
        found.summary.time = TimeRange{from_micros(row.integer(0)), from_micros(row.integer(1))};
    if (!row.is_null(8))
        found.first_end = from_micros(row.integer(8));
    geo::LongitudeCover cover;
    if (!row.is_null(4))
        cover.add(row.real(4), row.real(5));
    if (!row.is_null(6)) {
        cover.add(row.real(6), 180);
        cover.add(-180, row.real(7));
    }
    if (const auto longitudes = cover.shortest())
        found.summary.box = geo::Bounds{longitudes->first, row.real(2), longitudes->second, row.real(3)};
    return found;
}

} // namespace

Result<CollectionChanges> find_collection_changes(Session& session, const CollectionRow& collection) {
    CollectionChanges changes;
    CHECK_OK(session.each(
        kChanges,
        [&](const Row& row) {
            changes.count = row.integer(0);
            if (!row.is_null(1) && row.integer(1) > 0)
                changes.at = from_micros(row.integer(1));
        },
        collection.project_id, collection.id));
    return changes;
}

Result<Summary> summarize(Session& session, const CollectionRow& collection, const CollectionChanges& changes,
                          Timestamp now, Summaries& summaries) {
    if (auto known = summaries.find(collection.id.str(), changes.count))
        return *std::move(known);
    Covered found;
    CHECK_OK(session.each(
        kCover, [&](const Row& row) { found = covered_in(row); }, collection.project_id, collection.id, now));
    CHECK_OK(session.each(
        kMembers,
        [&](const Row& row) {
            auto& list = row.boolean(1) ? found.summary.of_collection : found.summary.of_items;
            list.emplace_back(row.text(0));
        },
        collection.project_id, collection.id, now));
    // One that changes with the clock alone is not kept.
    if (!found.first_end)
        summaries.put(collection.id.str(), changes.count, found.summary);
    return found.summary;
}

} // namespace landfall::catalog

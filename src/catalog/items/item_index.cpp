#include "catalog/items/item_index.hpp"

#include "catalog/items/place.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "geo/outline.hpp"

#include <cmath>

namespace landfall::catalog {
namespace {

// PostGIS knows no longitudes past 180: what crosses the antimeridian is cut there.
constexpr std::string_view kSetOutlinePostgres = R"(
UPDATE item_key SET outline = ST_WrapX(ST_GeomFromWKB(decode(?2, 'hex'), 4326), 180, -360) WHERE no = ?1)";
constexpr std::string_view kTouchKey = "UPDATE item_key SET updated_at = ?2 WHERE no = ?1";
constexpr std::string_view kDeleteKey = "DELETE FROM item_key WHERE no = ?1";
constexpr std::string_view kDeleteBoxSqlite = "DELETE FROM item_box WHERE box = ?1";
constexpr std::string_view kDeleteOutlineSqlite = "DELETE FROM item_outline WHERE no = ?1";
constexpr SqlText kAdd = R"(
ON CONFLICT (project_no, collection_no, slot) DO UPDATE SET items = item_tally.items + excluded.items,
    changes = item_tally.changes + 1,
    changed_at = CASE WHEN excluded.changed_at > item_tally.changed_at THEN excluded.changed_at
        ELSE item_tally.changed_at END,
    created_slack = CASE WHEN excluded.created_slack > item_tally.created_slack THEN excluded.created_slack
        ELSE item_tally.created_slack END,
    longest_span = CASE WHEN excluded.longest_span > item_tally.longest_span THEN excluded.longest_span
        ELSE item_tally.longest_span END)";
template<Engine engine>
constexpr std::string_view kTally = sql<insert_into<ItemTallyRow<engine>>, kAdd>;
constexpr std::string_view kLatestSqlite = "SELECT max(created_at) FROM item_key WHERE project_no = ?1";
constexpr std::string_view kProjectNo =
    "SELECT no FROM project WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL";

Status insert_boxes(Session& session, const ItemPlace& place, const ItemRow& row) {
    const std::int64_t from = item_start(row);
    const std::int64_t to = item_end(row);
    std::int64_t number = 2 * place.no;
    const Reach cloud = cloud_axis(row.cloud_cover);
    for (const geo::Bounds& b : row.footprint.boxes) {
        const double tenant = tenant_axis(place.project_no);
        const ItemBoxRow box{number++, b, time_axis(from), time_axis(to + kMicrosADay), tenant, tenant + 1, cloud};
        CHECK_OK(session.execute(insert_into<ItemBoxRow>, insert_values(box)));
    }
    return {};
}

/// Where and when for the sort indexes. Without a box it is everywhere: only windows tell it from others.
std::int64_t rough_place(const ItemRow& row, const std::optional<geo::Bounds>& box) {
    return place_of(box.value_or(geo::Bounds{-180, -90, 180, 90}), place_day(item_start(row)));
}

template<Engine engine>
Status insert_key(Session& session, const ItemPlace& place, const ItemRow& row, const std::optional<geo::Bounds>& box) {
    ItemKeyRow<engine> key;
    key.at = place;
    key.created_at = row.created_at;
    key.updated_at = row.updated_at;
    key.id = row.id.str();
    key.t_start = item_start(row);
    key.t_end = item_end(row);
    key.box = box;
    key.shape = static_cast<std::int64_t>(row.footprint.shape);
    key.type = row.type;
    key.cloud_cover = row.cloud_cover;
    key.gsd = row.gsd;
    key.name = row.name;
    if constexpr (engine == Engine::Sqlite)
        key.place = rough_place(row, box);
    return session.execute_later(insert_into<ItemKeyRow<engine>>, insert_values(key));
}

template<Engine engine>
Status add_tally(Session& session, const ItemPlace& place, const ItemTally& tally) {
    return session.execute_later(kTally<engine>, insert_values(ItemTallyRow<engine>{place, tally}));
}

} // namespace

double time_axis(std::int64_t micros) {
    return std::floor(static_cast<double>(micros) / static_cast<double>(kMicrosADay)) / kTimeUnitDays;
}

double tenant_axis(std::int64_t project_no) {
    return static_cast<double>(project_no % kTenants) * kTenantStep;
}

Reach cloud_axis(std::optional<double> cloud_cover) {
    constexpr double kStep = 1e-8;
    constexpr double kFar = 1e9;
    return cloud_cover ? Reach{*cloud_cover * kStep, (*cloud_cover + 1) * kStep} : Reach{-kFar * kStep, kFar * kStep};
}

std::int64_t item_start(const ItemRow& row) {
    const bool interval = row.start_datetime && row.end_datetime;
    const auto& at =
        row.datetime && !interval ? row.datetime : (row.start_datetime ? row.start_datetime : row.end_datetime);
    return to_micros(at.value_or(row.created_at));
}

std::int64_t item_end(const ItemRow& row) {
    if (row.start_datetime && row.end_datetime)
        return std::max(to_micros(*row.start_datetime), to_micros(*row.end_datetime));
    return item_start(row);
}

std::int64_t item_span(const ItemRow& row) {
    return std::max<std::int64_t>(0, item_end(row) - item_start(row));
}

Status index_item(Session& session, const ItemPlace& place, const ItemRow& row) {
    const auto box = row.footprint.bounds();
    CHECK_OK(session.engine() == Engine::Sqlite ? insert_key<Engine::Sqlite>(session, place, row, box)
                                                : insert_key<Engine::Postgres>(session, place, row, box));
    if (!box)
        return {};
    if (session.engine() == Engine::Postgres)
        return session.run_later(kSetOutlinePostgres, place.no, geo::footprint_wkb_hex(row.footprint));
    if (row.footprint.shape == geo::Footprint::Shape::Exact)
        CHECK_OK(session.execute(insert_into<ItemOutlineRow>,
                                 insert_values(ItemOutlineRow{place.no, Blob{row.footprint.bytes}})));
    return insert_boxes(session, place, row);
}

Status touch_index(Session& session, const ItemPlace& place, Timestamp updated_at) {
    return session.run_later(kTouchKey, place.no, updated_at);
}

Result<bool> unindex_item(Session& session, const ItemPlace& place) {
    TRY(const bool was_in, changed(session.run(kDeleteKey, place.no)));
    if (session.engine() == Engine::Postgres)
        return was_in;
    CHECK_OK(session.run(kDeleteOutlineSqlite, place.no));
    CHECK_OK(session.run(kDeleteBoxSqlite, 2 * place.no));
    CHECK_OK(session.run(kDeleteBoxSqlite, 2 * place.no + 1));
    return was_in;
}

Result<std::int64_t> created_slack(Session& session, const ItemPlace& place, const ItemRow& row) {
    if (session.engine() == Engine::Postgres)
        return 0;
    TRY(const auto latest, session.first(kLatestSqlite, read_as<std::optional<std::int64_t>>, place.project_no));
    const std::int64_t created = to_micros(row.created_at);
    return std::max<std::int64_t>(0, latest.value_or(std::nullopt).value_or(created) - created);
}

Status tally_item(Session& session, const ItemPlace& place, const ItemTally& tally) {
    return session.engine() == Engine::Sqlite ? add_tally<Engine::Sqlite>(session, place, tally)
                                              : add_tally<Engine::Postgres>(session, place, tally);
}

Result<std::optional<std::int64_t>> find_project_no(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project) {
    return session.first(kProjectNo, read_as<std::int64_t>, project, organization);
}

} // namespace landfall::catalog

#include "catalog/items/item_index.hpp"

#include "catalog/items/place.hpp"
#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"
#include "geo/outline.hpp"

#include <cmath>

namespace landfall::catalog {
namespace {

constexpr SqlText kKeyColumns = "no, project_no, collection_no, created_at, updated_at, id, t_start, t_end, west, "
                                "south, east, north, shape, type, cloud_cover, gsd, name";
constexpr SqlText kKeyColumnsSqlite =
    "no, project_no, collection_no, created_at, updated_at, id, t_start, t_end, west, "
    "south, east, north, shape, type, cloud_cover, gsd, name, place";
constexpr std::string_view kInsertKeySqlite = insert_sql<"item_key", kKeyColumnsSqlite>;
constexpr std::string_view kInsertKeyPostgres = insert_sql<"item_key", kKeyColumns>;
// PostGIS knows no longitudes past 180: what crosses the antimeridian is cut there.
constexpr std::string_view kSetOutlinePostgres = R"(
UPDATE item_key SET outline = ST_WrapX(ST_GeomFromWKB(decode(?2, 'hex'), 4326), 180, -360) WHERE no = ?1)";
constexpr std::string_view kDeleteKey = "DELETE FROM item_key WHERE no = ?1";
constexpr std::string_view kInsertBoxSqlite =
    "INSERT INTO item_box VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr std::string_view kDeleteBoxSqlite = "DELETE FROM item_box WHERE box = ?1";
constexpr std::string_view kInsertOutlineSqlite = "INSERT INTO item_outline (no, outline) VALUES (?1, ?2)";
constexpr std::string_view kDeleteOutlineSqlite = "DELETE FROM item_outline WHERE no = ?1";
constexpr SqlText kTally = R"(
ON CONFLICT (project_no, collection_no, slot) DO UPDATE SET items = item_tally.items + excluded.items,
    changes = item_tally.changes + 1,
    created_slack = CASE WHEN excluded.created_slack > item_tally.created_slack THEN excluded.created_slack
        ELSE item_tally.created_slack END,
    longest_span = CASE WHEN excluded.longest_span > item_tally.longest_span THEN excluded.longest_span
        ELSE item_tally.longest_span END)";
constexpr std::string_view kTallySqlite = sql<R"(
INSERT INTO item_tally (project_no, collection_no, slot, items, changes, longest_span, created_slack)
VALUES (?1, ?2, 0, ?3, 1, ?4, ?5))",
                                              kTally>;
constexpr std::string_view kTallyPostgres = sql<R"(
INSERT INTO item_tally (project_no, collection_no, slot, items, changes, longest_span, created_slack)
VALUES (?1, ?2, pg_backend_pid() % 16, ?3, 1, ?4, ?5))",
                                                kTally>;
constexpr std::string_view kLatestSqlite = "SELECT max(created_at) FROM item_key WHERE project_no = ?1";
constexpr std::string_view kProjectNo =
    "SELECT no FROM project WHERE id = ?1 AND organization_id = ?2 AND deleted_at IS NULL";

Status insert_boxes(Session& session, const ItemPlace& place, const ItemRow& row) {
    const std::int64_t from = item_start(row).value_or(to_micros(row.created_at));
    const std::int64_t to = item_end(row).value_or(from);
    std::int64_t box = 2 * place.no;
    const Reach cloud = cloud_axis(row.cloud_cover);
    for (const geo::Bounds& b : row.footprint.boxes) {
        const double tenant = tenant_axis(place.project_no);
        CHECK_OK(session.run(kInsertBoxSqlite, box++, b.west, b.east, b.south, b.north, time_axis(from),
                             time_axis(to + kMicrosADay), tenant, tenant + 1, cloud.from, cloud.to));
    }
    return {};
}

/// Where and when for the sort indexes. Without a box it is everywhere: only windows tell it from others.
std::int64_t rough_place(const ItemRow& row, const std::optional<geo::Bounds>& box) {
    const auto start = item_start(row);
    return place_of(box.value_or(geo::Bounds{-180, -90, 180, 90}), start ? place_day(*start) : 0);
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

std::optional<std::int64_t> item_start(const ItemRow& row) {
    const bool interval = row.start_datetime && row.end_datetime;
    const auto& at =
        row.datetime && !interval ? row.datetime : (row.start_datetime ? row.start_datetime : row.end_datetime);
    return at ? std::optional(to_micros(*at)) : std::nullopt;
}

std::optional<std::int64_t> item_end(const ItemRow& row) {
    if (row.start_datetime && row.end_datetime)
        return std::max(to_micros(*row.start_datetime), to_micros(*row.end_datetime));
    return item_start(row);
}

std::int64_t item_span(const ItemRow& row) {
    return item_start(row) ? std::max<std::int64_t>(0, *item_end(row) - *item_start(row)) : 0;
}

Status index_item(Session& session, const ItemPlace& place, const ItemRow& row) {
    const auto box = row.footprint.bounds();
    const auto side = [&](double geo::Bounds::* member) { return box ? std::optional((*box).*member) : std::nullopt; };
    std::vector<Value> key{value_of(place.no),
                           value_of(place.project_no),
                           value_of(place.collection_no),
                           value_of(row.created_at),
                           value_of(row.updated_at),
                           value_of(row.id),
                           value_of(item_start(row)),
                           value_of(item_end(row)),
                           value_of(side(&geo::Bounds::west)),
                           value_of(side(&geo::Bounds::south)),
                           value_of(side(&geo::Bounds::east)),
                           value_of(side(&geo::Bounds::north)),
                           value_of(static_cast<std::int64_t>(row.footprint.shape)),
                           value_of(row.type),
                           value_of(row.cloud_cover),
                           value_of(row.gsd),
                           value_of(row.name)};
    if (session.engine() == Engine::Sqlite)
        key.push_back(value_of(rough_place(row, box)));
    CHECK_OK(session.execute(session.pick(kInsertKeySqlite, kInsertKeyPostgres), std::move(key)));
    if (!box)
        return {};
    if (session.engine() == Engine::Postgres)
        return done(session.run(kSetOutlinePostgres, place.no, geo::footprint_wkb_hex(row.footprint)));
    if (row.footprint.shape == geo::Footprint::Shape::Exact)
        CHECK_OK(session.run(kInsertOutlineSqlite, place.no, Blob{row.footprint.bytes}));
    return insert_boxes(session, place, row);
}

Status unindex_item(Session& session, const ItemPlace& place) {
    CHECK_OK(session.run(kDeleteKey, place.no));
    if (session.engine() == Engine::Postgres)
        return {};
    CHECK_OK(session.run(kDeleteOutlineSqlite, place.no));
    CHECK_OK(session.run(kDeleteBoxSqlite, 2 * place.no));
    return done(session.run(kDeleteBoxSqlite, 2 * place.no + 1));
}

Result<std::int64_t> created_slack(Session& session, const ItemPlace& place, const ItemRow& row) {
    if (session.engine() == Engine::Postgres)
        return 0;
    TRY(const auto latest,
        session.first(kLatestSqlite, [](const Row& r) { return r.opt_integer(0); }, place.project_no));
    const std::int64_t created = to_micros(row.created_at);
    return std::max<std::int64_t>(0, latest.value_or(std::nullopt).value_or(created) - created);
}

Status tally_item(Session& session, const ItemPlace& place, const ItemTally& tally) {
    return done(session.run(session.pick(kTallySqlite, kTallyPostgres), place.project_no, place.collection_no,
                            tally.items, tally.span_us, tally.created_slack_us));
}

Result<std::optional<std::int64_t>> find_project_no(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project) {
    return session.first(kProjectNo, [](const Row& row) { return row.integer(0); }, project, organization);
}

} // namespace landfall::catalog

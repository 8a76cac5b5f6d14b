#include "catalog/search/collection_extents.hpp"

#include "database/table_rows.hpp"
#include "geo/longitude_cover.hpp"
#include "schema/json.hpp"

#include <unordered_map>

namespace landfall::catalog {
namespace {

constexpr SqlText kRows = text_of<SqlParts<select_from<CollectionRow>, R"( WHERE organization_id = ?1
    AND deleted_at IS NULL
    AND project_id IN (SELECT p.id FROM project p WHERE p.organization_id = ?1 AND p.deleted_at IS NULL)
    AND (CAST(?2 AS TEXT) IS NULL OR project_id IN (SELECT )">>;
constexpr SqlText kOrder = ")) ORDER BY layer_order, name, id";
constexpr std::string_view kRowsSqlite = sql<kRows, "value FROM json_each(?2)", kOrder>;
constexpr std::string_view kRowsPostgres =
    sql<kRows, "json_array_elements_text(CAST(CAST(?2 AS TEXT) AS JSON))", kOrder>;

/// How often the items of the collections changed.
constexpr std::string_view kStates = R"(
SELECT c.id, p.no, c.no, CAST(sum(t.changes) AS BIGINT) FROM collection c JOIN project p ON p.id = c.project_id
    JOIN item_tally t ON t.project_no = p.no AND t.collection_no = c.no
WHERE c.organization_id = ?1 AND c.deleted_at IS NULL AND (CAST(?2 AS TEXT) IS NULL OR c.id = ?2)
GROUP BY c.id, p.no, c.no)";

/// A box that crosses the antimeridian lies apart, and so do those that begin east and west of Greenwich: the shortest
/// way around all of them may lead across the antimeridian.
constexpr SqlText kCover = R"(
SELECT k.collection_no, min(k.t_start), max(k.t_end), min(k.south), max(k.north),
    min(CASE WHEN k.west <= k.east AND k.west >= 0 THEN k.west END),
    max(CASE WHEN k.west <= k.east AND k.west >= 0 THEN k.east END),
    min(CASE WHEN k.west <= k.east AND k.west < 0 THEN k.west END),
    max(CASE WHEN k.west <= k.east AND k.west < 0 THEN k.east END),
    min(CASE WHEN k.west > k.east THEN k.west END), max(CASE WHEN k.west > k.east THEN k.east END)
FROM )";
constexpr SqlText kGrouped = " GROUP BY k.collection_no";
/// Of pairs of numbers: project, collection.
constexpr std::string_view kCoverSqlite = sql<kCover, R"(json_each(?1) j CROSS JOIN item_key k
    INDEXED BY item_key_collection ON k.project_no = json_extract(j.value, '$[0]')
        AND k.collection_no = json_extract(j.value, '$[1]'))",
                                              kGrouped>;
constexpr std::string_view kCoverPostgres = sql<kCover, R"(json_array_elements(CAST(CAST(?1 AS TEXT) AS JSON)) j
    JOIN item_key k ON k.project_no = CAST(j ->> 0 AS BIGINT) AND k.collection_no = CAST(j ->> 1 AS BIGINT))",
                                                kGrouped>;

struct State {
    std::string id;
    std::int64_t project_no = 0;
    std::int64_t collection_no = 0;
    std::int64_t changes = 0;
};

Extent extent_in(const Row& row) {
    Extent extent;
    extent.time = TimeRange{from_micros(row.integer(1)), from_micros(row.integer(2))};
    if (row.is_null(3))
        return extent;
    geo::LongitudeCover cover;
    for (const int at : {5, 7})
        if (!row.is_null(at))
            cover.add(row.real(at), row.real(at + 1));
    if (!row.is_null(9)) {
        cover.add(row.real(9), 180);
        cover.add(-180, row.real(10));
    }
    if (const auto longitudes = cover.shortest())
        extent.box = geo::Bounds{longitudes->first, row.real(3), longitudes->second, row.real(4)};
    return extent;
}

/// Extents by id: what is remembered, and the others read. A collection that never had an item has none.
Result<std::unordered_map<std::string, Extent>> extents_of(Session& session, const OrganizationId& organization,
                                                           const std::optional<std::string>& only, Extents& known) {
    std::unordered_map<std::string, Extent> all;
    std::unordered_map<std::int64_t, State> changed;
    Json pairs = Json::array();
    CHECK_OK(session.each(
        kStates,
        [&](const Row& row) {
            State state{std::string(row.text(0)), row.integer(1), row.integer(2), row.integer(3)};
            if (auto extent = known.find(state.id, state.changes)) {
                all.emplace(state.id, *std::move(extent));
                return;
            }
            pairs.push(Json::array({state.project_no, state.collection_no}));
            changed.emplace(state.collection_no, std::move(state));
        },
        organization, only));
    if (changed.empty())
        return all;
    CHECK_OK(session.each(
        session.pick(kCoverSqlite, kCoverPostgres),
        [&](const Row& row) { all.emplace(changed.at(row.integer(0)).id, extent_in(row)); }, pairs.dump()));
    for (const auto& [no, state] : changed)
        known.put(state.id, state.changes, all[state.id]);
    return all;
}

} // namespace

Result<std::vector<CollectionExtent>> list_collection_extents(Session& session, const OrganizationId& organization,
                                                              const std::optional<std::vector<ProjectId>>& projects,
                                                              Extents& extents) {
    std::optional<std::string> some;
    if (projects) {
        Json ids = Json::array();
        for (const ProjectId& project : *projects)
            ids.push(project.str());
        some = ids.dump();
    }
    TRY(auto rows, session.all(session.pick(kRowsSqlite, kRowsPostgres), read_as<CollectionRow>, organization, some));
    TRY(auto covered, extents_of(session, organization, std::nullopt, extents));
    std::vector<CollectionExtent> all;
    all.reserve(rows.size());
    for (CollectionRow& row : rows) {
        Extent extent = covered[row.id.str()];
        all.push_back({std::move(row), extent});
    }
    return all;
}

Result<Extent> find_extent(Session& session, const CollectionRow& collection, Extents& extents) {
    TRY(auto covered, extents_of(session, collection.organization_id, collection.id.str(), extents));
    return covered[collection.id.str()];
}

} // namespace landfall::catalog

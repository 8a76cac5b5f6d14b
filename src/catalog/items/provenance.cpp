#include "catalog/items/provenance.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace landfall::catalog {
namespace {

constexpr SqlText kSelect = text_of<SqlParts<"SELECT ", names_of<EdgeRow, "e">, " FROM ">>;
constexpr std::string_view kInsert = sql<insert_into<EdgeRow>, R"(
ON CONFLICT (organization_id, src_id, src_type, dst_id, dst_type, relation) DO NOTHING)">;
constexpr SqlText kOne = " WHERE organization_id = ?1 AND id = ?2";
/// Where kinds of entities stand with the project that they are in, deleted or not.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kProjectsOf{{
    {"item", sql<"SELECT project_id FROM item", kOne>},
    {"asset", sql<"SELECT project_id FROM asset", kOne>},
    {"collection", sql<"SELECT project_id FROM collection", kOne>},
    {"upload", sql<"SELECT project_id FROM upload", kOne>},
    {"processing_job", sql<"SELECT project_id FROM processing_job", kOne>},
    {"project", sql<"SELECT id FROM project", kOne>},
}};
constexpr SqlText kFrontSqlite = "json_each(?2) f CROSS JOIN provenance_edge e ON e.organization_id = ?1";
constexpr SqlText kFrontPostgres = R"(json_array_elements(CAST(CAST(?2 AS TEXT) AS JSON)) f
JOIN provenance_edge e ON e.organization_id = ?1)";
constexpr SqlText kOrder = " ORDER BY e.src_type, e.src_id, e.dst_type, e.dst_id, e.relation LIMIT ?3";
constexpr std::string_view kUpSqlite = sql<kSelect, kFrontSqlite, R"(
    AND e.src_type = json_extract(f.value, '$[0]') AND e.src_id = json_extract(f.value, '$[1]'))",
                                           kOrder>;
constexpr std::string_view kUpPostgres =
    sql<kSelect, kFrontPostgres, " AND e.src_type = f ->> 0 AND e.src_id = f ->> 1", kOrder>;
constexpr std::string_view kDownSqlite = sql<kSelect, kFrontSqlite, R"(
    AND e.dst_type = json_extract(f.value, '$[0]') AND e.dst_id = json_extract(f.value, '$[1]'))",
                                             kOrder>;
constexpr std::string_view kDownPostgres =
    sql<kSelect, kFrontPostgres, " AND e.dst_type = f ->> 0 AND e.dst_id = f ->> 1", kOrder>;
constexpr std::int64_t kDirectEdges = 10000;

std::string frontier_json(const std::vector<Entity>& frontier) {
    Json list = Json::array();
    for (const Entity& entity : frontier)
        list.push(Json::array({entity.type, entity.id}));
    return list.dump();
}

Result<std::vector<EdgeRow>> edges_at(Session& session, const OrganizationId& organization,
                                      const std::vector<Entity>& frontier, LineageDirection direction,
                                      std::int64_t limit) {
    const std::string_view text = direction == LineageDirection::Up ? session.pick(kUpSqlite, kUpPostgres)
                                                                    : session.pick(kDownSqlite, kDownPostgres);
    return session.all(text, read_as<EdgeRow>, organization, frontier_json(frontier), limit);
}

/// One breadth-first walk; each edge and node is met first at its least depth.
class Walk {
public:
    Walk(Session& session, const LineageQuery& query, Lineage& lineage)
        : session_(session), query_(query), lineage_(lineage) {}

    Status run(LineageDirection direction) {
        std::set<Entity> seen{query_.root};
        std::vector<Entity> frontier{query_.root};
        for (std::int64_t depth = 1; depth <= query_.max_depth && !frontier.empty(); ++depth) {
            const auto left = query_.max_edges - static_cast<std::int64_t>(lineage_.edges.size());
            TRY(auto edges, edges_at(session_, query_.organization_id, frontier, direction, left + 1));
            if (static_cast<std::int64_t>(edges.size()) > left) {
                lineage_.truncated = true;
                edges.resize(static_cast<std::size_t>(left));
            }
            frontier.clear();
            for (EdgeRow& edge : edges) {
                const Entity far = direction == LineageDirection::Up ? edge.dst : edge.src;
                if (seen.insert(far).second)
                    frontier.push_back(far);
                add(far, std::move(edge), depth);
            }
        }
        return {};
    }

private:
    void add(const Entity& far, EdgeRow edge, std::int64_t depth) {
        if (nodes_.insert(far).second && far != query_.root)
            lineage_.nodes.push_back({far, depth});
        if (edges_.insert(edge.id).second)
            lineage_.edges.push_back({std::move(edge), depth});
    }

    Session& session_;
    const LineageQuery& query_;
    Lineage& lineage_;
    std::set<Entity> nodes_;
    std::set<EdgeId> edges_;
};

} // namespace

Status insert_edge(Session& session, const EdgeRow& row) {
    return session.execute_later(kInsert, insert_values(row));
}

Result<std::vector<EdgeRow>> list_origins(Session& session, const OrganizationId& organization, const Entity& entity) {
    return edges_at(session, organization, {entity}, LineageDirection::Up, kDirectEdges);
}

Result<std::optional<ProjectId>> find_project_of(Session& session, const OrganizationId& organization,
                                                 const Entity& entity) {
    const auto* const kind = std::ranges::find(kProjectsOf, entity.type, &decltype(kProjectsOf)::value_type::first);
    if (kind == kProjectsOf.end())
        return std::optional<ProjectId>();
    return session.first(kind->second, read_as<ProjectId>, organization, entity.id);
}

Result<Lineage> trace_lineage(Session& session, const LineageQuery& query) {
    Lineage lineage;
    lineage.nodes.push_back({query.root, 0});
    Walk walk(session, query, lineage);
    if (query.direction != LineageDirection::Down)
        CHECK_OK(walk.run(LineageDirection::Up));
    if (query.direction != LineageDirection::Up)
        CHECK_OK(walk.run(LineageDirection::Down));
    std::ranges::sort(lineage.nodes, {}, [](const LineageNode& n) { return std::tie(n.depth, n.entity); });
    std::ranges::sort(lineage.edges, {},
                      [](const LineageEdge& e) { return std::tie(e.depth, e.edge.src, e.edge.dst, e.edge.relation); });
    return lineage;
}

} // namespace landfall::catalog

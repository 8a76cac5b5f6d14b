#pragma once
/// Lineage: edges from a derived thing to its origin (geopera.md section 12).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

/// `item` and its id, say.
struct Entity {
    std::string type;
    std::string id;
    friend auto operator<=>(const Entity&, const Entity&) = default;
};

struct EdgeRow {
    EdgeId id;
    OrganizationId organization_id;
    Entity src; ///< the derived one
    Entity dst; ///< its origin
    std::string relation = "derived_from";
    std::string invocation_id; ///< the audited call that made it
    Timestamp created_at{};
};

constexpr auto columns(Of<EdgeRow>) {
    using R = EdgeRow;
    using enum Use;
    return table("provenance_edge", column("id", &R::id, Key), column("organization_id", &R::organization_id),
                 column("src_type", &R::src, &Entity::type), column("src_id", &R::src, &Entity::id),
                 column("dst_type", &R::dst, &Entity::type), column("dst_id", &R::dst, &Entity::id),
                 column("relation", &R::relation), column("invocation_id", &R::invocation_id),
                 column("created_at", &R::created_at));
}

/// The project of an item, asset, collection, upload or project, deleted or not; nothing if there is none, or it was
/// purged.
Result<std::optional<ProjectId>> find_project_of(Session& session, const OrganizationId& organization,
                                                 const Entity& entity);
/// Adds the edge unless the same (src, dst, relation) exists.
Status insert_edge(Session& session, const EdgeRow& row);
/// Origins of the entity, one step.
Result<std::vector<EdgeRow>> list_origins(Session& session, const OrganizationId& organization, const Entity& entity);

enum class LineageDirection { Up, Down, Both }; ///< Up: to the origins
struct LineageNode {
    Entity entity;
    std::int64_t depth = 0; ///< of the shortest way from the root, which has 0
};
struct LineageEdge {
    EdgeRow edge;
    std::int64_t depth = 1; ///< of its farther end
};
struct Lineage {
    std::vector<LineageNode> nodes; ///< by depth, type, id; the root first
    std::vector<LineageEdge> edges; ///< by depth, src, dst, relation; each once
    bool truncated = false;         ///< more than `max_edges`
};
struct LineageQuery {
    OrganizationId organization_id;
    Entity root;
    LineageDirection direction = LineageDirection::Up;
    std::int64_t max_depth = 20;
    std::int64_t max_edges = 10000;
};
/// Breadth first; cycles are cut.
Result<Lineage> trace_lineage(Session& session, const LineageQuery& query);

} // namespace landfall::catalog

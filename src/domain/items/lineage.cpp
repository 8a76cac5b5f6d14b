#include "domain/items/lineage.hpp"

#include "catalog/items/item.hpp"
#include "catalog/work/job.hpp"
#include "domain/tenancy/access.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace landfall::domain {
namespace {

/// Whether the caller may see the entity; deleted ones stay in the graph.
Result<bool> is_visible(Context& cx, const catalog::Entity& entity) {
    const OrganizationId& organization = cx.principal.organization_id;
    TRY(auto project, catalog::find_project_of(cx.session, organization, entity));
    bool known = project.has_value();
    if (entity.type == "processing_job") {
        TRY(const auto job, catalog::find_job(cx.session, organization, JobId(entity.id)));
        known = job.has_value();
        project = known ? job->project_id : std::nullopt;
    }
    if (project)
        CHECK_OK(require_project(cx, *project, ProjectRole::Viewer));
    return known;
}

using Labels = std::map<std::string, catalog::ItemLabel>;

/// What the items among the entities are called, as far as the caller may read them.
Result<Labels> readable_labels(Context& cx, const catalog::Lineage& lineage) {
    std::vector<std::string> ids;
    for (const auto& node : lineage.nodes)
        if (node.entity.type == "item")
            ids.push_back(node.entity.id);
    TRY(const auto projects, readable_projects(cx));
    TRY(const auto rows, catalog::list_item_labels(cx.session, cx.principal.organization_id, ids));
    Labels labels;
    for (const auto& row : rows)
        if (!projects || std::ranges::find(*projects, row.project_id) != projects->end())
            labels.emplace(row.id.str(), row);
    return labels;
}

/// Makes a tree of a graph that was walked in one direction. Every edge is told once, and what lies beyond an entity
/// only once: where it is first met at its least depth. So the tree is no larger and no deeper than the walk.
class ItemTree {
public:
    ItemTree(const catalog::Lineage& lineage, catalog::LineageDirection direction, const Labels& labels)
        : up_(direction == catalog::LineageDirection::Up), labels_(labels) {
        for (const auto& node : lineage.nodes)
            depths_[node.entity] = node.depth;
        for (const auto& edge : lineage.edges)
            by_near_end_[up_ ? edge.edge.src : edge.edge.dst].push_back(&edge);
    }

    void collect(const catalog::Entity& near, Json& out) {
        if (!opened_.insert(near).second)
            return;
        for (const auto* edge : by_near_end_[near]) {
            const catalog::Entity& far = up_ ? edge->edge.dst : edge->edge.src;
            const bool is_item = far.type == "item" && depths_[far] > 0;
            Json beyond = Json::array();
            if (depths_[far] == edge->depth)
                collect(far, is_item ? beyond : out);
            if (is_item)
                out.push(node(far.id, *edge, std::move(beyond)));
        }
    }

private:
    Json node(const std::string& id, const catalog::LineageEdge& edge, Json beyond) const {
        const auto label = labels_.find(id);
        const bool known = label != labels_.end();
        return Json::object({{"item_id", id},
                             {"name", known ? Json(label->second.name) : Json()},
                             {"type", known ? Json(label->second.type) : Json()},
                             {"relation", edge.edge.relation},
                             {"depth", edge.depth},
                             {up_ ? "parents" : "children", std::move(beyond)}});
    }

    bool up_;
    const Labels& labels_;
    std::map<catalog::Entity, std::int64_t> depths_;
    std::map<catalog::Entity, std::vector<const catalog::LineageEdge*>> by_near_end_;
    std::set<catalog::Entity> opened_;
};

} // namespace

Status record_origin(Context& cx, const catalog::Entity& derived, const catalog::Entity& origin) {
    catalog::EdgeRow edge;
    edge.id = EdgeId::make();
    edge.organization_id = cx.principal.organization_id;
    edge.src = derived;
    edge.dst = origin;
    edge.invocation_id = cx.request_id;
    edge.created_at = cx.now;
    CHECK_OK(catalog::insert_edge(cx.session, edge));
    cx.provenance_written = true;
    return {};
}

Result<catalog::Lineage> lineage_of(Context& cx, const catalog::LineageQuery& query) {
    const auto visible = is_visible(cx, query.root);
    if (!visible && visible.error().code != Code::NotFound)
        return fail(visible.error());
    if (!visible || !*visible)
        return fail(Code::NotFound, "No such entity; check entity_type and entity_id");
    return catalog::trace_lineage(cx.session, query);
}

Result<Json> item_lineage(Context& cx, const catalog::ItemRow& item, catalog::LineageDirection direction) {
    const catalog::Entity root{"item", item.id.str()};
    TRY(const auto lineage, catalog::trace_lineage(cx.session, {item.organization_id, root, direction}));
    TRY(const auto labels, readable_labels(cx, lineage));
    Json nodes = Json::array();
    ItemTree(lineage, direction, labels).collect(root, nodes);
    return nodes;
}

} // namespace landfall::domain

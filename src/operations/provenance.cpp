#include "domain/items/lineage.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kEntityTypes[] = {"item",       "asset",   "order",  "processing_job",
                                             "collection", "project", "upload", "share_link"};
constexpr std::string_view kDirections[] = {"up", "down", "both"};

struct LineageGetInput {
    std::string entity_type, entity_id;
    std::string direction = "up";
    std::int64_t max_depth = 20;
};

constexpr auto describe(schema::Of<LineageGetInput>) {
    using schema::field;
    using T = LineageGetInput;
    return schema::fields(field("entity_type", &T::entity_type, {.required = true, .one_of = kEntityTypes}),
                          field("entity_id", &T::entity_id, {.required = true}),
                          field("direction", &T::direction, {.text = "up: to the origins", .one_of = kDirections}),
                          field("max_depth", &T::max_depth, {.min = 1, .max = 50}));
}

struct LineageRoot {
    std::string entity_type, entity_id;
};
constexpr auto describe(schema::Of<LineageRoot>) {
    return schema::fields(schema::field("entity_type", &LineageRoot::entity_type, {.required = true}),
                          schema::field("entity_id", &LineageRoot::entity_id, {.required = true}));
}

struct LineageEdge {
    std::int64_t depth = 0;
    std::string src_type, src_id, dst_type, dst_id, relation;
    std::optional<std::string> invocation_id;
};
constexpr auto describe(schema::Of<LineageEdge>) {
    using schema::field;
    return schema::fields(field("depth", &LineageEdge::depth, {.required = true}),
                          field("src_type", &LineageEdge::src_type), field("src_id", &LineageEdge::src_id),
                          field("dst_type", &LineageEdge::dst_type), field("dst_id", &LineageEdge::dst_id),
                          field("relation", &LineageEdge::relation),
                          field("invocation_id", &LineageEdge::invocation_id));
}

struct LineageNode {
    std::string entity_type, entity_id;
    std::int64_t depth = 0;
};
constexpr auto describe(schema::Of<LineageNode>) {
    using schema::field;
    return schema::fields(field("entity_type", &LineageNode::entity_type, {.required = true}),
                          field("entity_id", &LineageNode::entity_id, {.required = true}),
                          field("depth", &LineageNode::depth, {.required = true}));
}

struct LineageGetOutput {
    LineageRoot root;
    std::string direction;
    std::vector<LineageEdge> edges;
    std::vector<LineageNode> nodes;
};
constexpr auto describe(schema::Of<LineageGetOutput>) {
    using schema::field;
    using T = LineageGetOutput;
    return schema::fields(field("root", &T::root, {.required = true}),
                          field("direction", &T::direction, {.required = true}),
                          field("edges", &T::edges, {.text = "From the derived thing (src) to its origin (dst)"}),
                          field("nodes", &T::nodes));
}

constexpr OperationSpec kGet{
    .id = "provenance.get",
    .scope = "provenance:read",
    .side_effect = SideEffect::Read,
    .summary = "Trace what an entity came from, or what came from it.",
};

Result<LineageGetOutput> get(domain::Context& cx, const LineageGetInput& in) {
    catalog::LineageQuery query;
    query.organization_id = cx.principal.organization_id;
    query.root = {in.entity_type, in.entity_id};
    query.direction = in.direction == "up"     ? catalog::LineageDirection::Up
                      : in.direction == "down" ? catalog::LineageDirection::Down
                                               : catalog::LineageDirection::Both;
    query.max_depth = in.max_depth;
    TRY(const auto lineage, domain::lineage_of(cx, query));
    LineageGetOutput out;
    out.root = {in.entity_type, in.entity_id};
    out.direction = in.direction;
    for (const auto& [edge, depth] : lineage.edges)
        out.edges.push_back({depth, edge.src.type, edge.src.id, edge.dst.type, edge.dst.id, edge.relation,
                             edge.invocation_id.empty() ? std::nullopt : std::optional(edge.invocation_id)});
    for (const auto& node : lineage.nodes)
        out.nodes.push_back({node.entity.type, node.entity.id, node.depth});
    return out;
}

struct ItemLineageInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ItemLineageInput>) {
    return schema::fields(schema::field("item_id", &ItemLineageInput::item_id, {.required = true}));
}

struct ItemLineageOutput {
    ItemId item_id;
    Json parents, children;
};
constexpr auto describe(schema::Of<ItemLineageOutput>) {
    using schema::field;
    using T = ItemLineageOutput;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field(
            "parents", &T::parents,
            {.text = "Items it came from: item_id, name, type, relation, depth, and parents again", .required = true}),
        field("children", &T::children, {.text = "Items that came from it, likewise with children", .required = true}));
}

constexpr OperationSpec kItemLineage{
    .id = "items.lineage",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Show which items an item came from, and which came from it.",
};

Result<ItemLineageOutput> item_lineage(domain::Context& cx, const ItemLineageInput& in) {
    TRY(const auto item, domain::require_item(cx, in.item_id, auth::ProjectRole::Viewer));
    TRY(auto parents, domain::item_lineage(cx, item, catalog::LineageDirection::Up));
    TRY(auto children, domain::item_lineage(cx, item, catalog::LineageDirection::Down));
    return ItemLineageOutput{item.id, std::move(parents), std::move(children)};
}

} // namespace

void add_provenance(Registry& registry) {
    registry.read(kGet, get);
    registry.read(kItemLineage, item_lineage);
}

} // namespace landfall::operations

#include "domain/items/collections.hpp"

#include "domain/tenancy/access.hpp"
#include "operations/done.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct CollectionCreateInput {
    ProjectId project_id;
    std::string name;
    std::optional<std::string> description, color;
    bool show_on_map = true;
    std::int64_t layer_order = 0;
};

constexpr auto describe(schema::Of<CollectionCreateInput>) {
    using schema::field;
    using T = CollectionCreateInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("name", &T::name, {.required = true, .min_length = 1, .max_length = 255}),
                          field("description", &T::description),
                          field("color", &T::color, {.text = "#RRGGBB or a CSS colour"}),
                          field("show_on_map", &T::show_on_map), field("layer_order", &T::layer_order));
}

struct CollectionResponse {
    CollectionId id;
    ProjectId project_id;
    std::string name;
    std::optional<std::string> description, color;
    bool show_on_map = true;
    std::int64_t layer_order = 0;
    bool auto_created = false;
    std::optional<std::string> source_type, source_id;
    std::int64_t item_count = 0;
    std::optional<Timestamp> deleted_at;
    Timestamp created_at{}, updated_at{};
};

constexpr auto describe(schema::Of<CollectionResponse>) {
    using schema::field;
    using T = CollectionResponse;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("project_id", &T::project_id, {.required = true}),
        field("name", &T::name, {.required = true}), field("description", &T::description), field("color", &T::color),
        field("show_on_map", &T::show_on_map), field("layer_order", &T::layer_order),
        field("auto_created", &T::auto_created), field("source_type", &T::source_type),
        field("source_id", &T::source_id), field("item_count", &T::item_count, {.text = "Live items"}),
        field("deleted_at", &T::deleted_at), field("created_at", &T::created_at, {.required = true}),
        field("updated_at", &T::updated_at, {.required = true}));
}

CollectionResponse response(const catalog::CollectionRow& row) {
    return {row.id,          row.project_id,  row.name,         row.description, row.color,
            row.show_on_map, row.layer_order, row.auto_created, row.source_type, row.source_id,
            row.item_count,  row.deleted_at,  row.created_at,   row.updated_at};
}

constexpr OperationSpec kCreate{
    .id = "collections.create",
    .scope = "collections:write",
    .side_effect = SideEffect::Compute,
    .summary = "Create a collection in a project.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<CollectionResponse> create(domain::Context& cx, const CollectionCreateInput& in) {
    TRY(const auto row, domain::create_collection(
                            cx, {in.project_id, in.name, in.description, in.color, in.show_on_map, in.layer_order}));
    return response(row);
}

struct CollectionsListInput {
    ProjectId project_id;
};
constexpr auto describe(schema::Of<CollectionsListInput>) {
    return schema::fields(schema::field("project_id", &CollectionsListInput::project_id, {.required = true}));
}

constexpr OperationSpec kList{
    .id = "collections.list",
    .scope = "collections:read",
    .side_effect = SideEffect::Read,
    .summary = "List a project's collections with their live item counts.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<CollectionResponse>> list(domain::Context& cx, const CollectionsListInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Viewer));
    TRY(const auto rows, catalog::list_collections(cx.session, project.organization_id, project.id));
    std::vector<CollectionResponse> all;
    all.reserve(rows.size());
    for (const auto& row : rows)
        all.push_back(response(row));
    return all;
}

struct CollectionsGetInput {
    ProjectId project_id;
    CollectionId collection_id;
};
constexpr auto describe(schema::Of<CollectionsGetInput>) {
    using schema::field;
    return schema::fields(field("project_id", &CollectionsGetInput::project_id, {.required = true}),
                          field("collection_id", &CollectionsGetInput::collection_id, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "collections.get",
    .scope = "collections:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one collection of a project.",
};

Result<CollectionResponse> get(domain::Context& cx, const CollectionsGetInput& in) {
    TRY(const auto row, domain::require_collection(cx, in.project_id, in.collection_id));
    return response(row);
}

struct CollectionUpdateInput : CollectionsGetInput, domain::CollectionChange {};
constexpr auto describe(schema::Of<CollectionUpdateInput>) {
    using schema::field;
    using T = CollectionUpdateInput;
    return schema::joined(describe(schema::Of<CollectionsGetInput>{}),
                          schema::fields(field("name", &T::name, {.min_length = 1, .max_length = 255}),
                                         field("description", &T::description),
                                         field("color", &T::color, {.text = "#RRGGBB or a CSS colour"}),
                                         field("show_on_map", &T::show_on_map), field("layer_order", &T::layer_order)));
}

constexpr OperationSpec kUpdate{
    .id = "collections.update",
    .scope = "collections:write",
    .side_effect = SideEffect::Compute,
    .summary = "Change what is given of a collection; null clears its description or color.",
    .errors = Code::Conflict,
};

Result<CollectionResponse> update(domain::Context& cx, const CollectionUpdateInput& in) {
    TRY(const auto row, domain::update_collection(cx, in.project_id, in.collection_id, in));
    return response(row);
}

using CollectionDeleteInput = schema::Named<CollectionsGetInput, "CollectionDeleteInput">;

using CollectionDeleteOutput = schema::Named<Done<CollectionId>, "CollectionDeleteOutput">;

constexpr OperationSpec kDelete{
    .id = "collections.delete",
    .scope = "collections:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete a collection; its items stay in the project, without a collection.",
    .errors = Code::Conflict,
};

Result<CollectionDeleteOutput> remove(domain::Context& cx, const CollectionDeleteInput& in) {
    CHECK_OK(domain::delete_collection(cx, in.project_id, in.collection_id));
    return CollectionDeleteOutput{{true, in.collection_id}};
}

} // namespace

void add_collections(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kList, list);
    registry.read(kGet, get);
    registry.write(kUpdate, update);
    registry.write(kDelete, remove);
}

} // namespace landfall::operations

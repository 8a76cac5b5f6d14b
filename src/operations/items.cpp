#include "domain/items/items.hpp"

#include "domain/items/collections.hpp"
#include "domain/items/item_record.hpp"
#include "domain/items/page_token.hpp"
#include "domain/stac/item_document.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/done.hpp"
#include "operations/paging.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

namespace landfall::operations {
namespace {

using domain::ItemRecord;

struct ItemCreateInput {
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    std::optional<std::string> stac_id;
    std::string type, name;
    std::optional<schema::JsonObject> geometry;
    std::optional<std::vector<double>> bbox;
    std::optional<Timestamp> datetime, start_datetime, end_datetime;
    std::optional<double> cloud_cover, gsd;
    std::optional<std::string> description;
    schema::JsonObject properties;
    std::vector<std::string> stac_extensions;
    std::optional<std::string> order_id, upload_id, job_id;
};

constexpr auto describe(schema::Of<ItemCreateInput>) {
    using schema::field;
    using T = ItemCreateInput;
    return schema::fields(
        field("project_id", &T::project_id, {.required = true}), field("collection_id", &T::collection_id),
        field("stac_id", &T::stac_id, {.text = "Unique in its collection; the item's id if absent"}),
        field("type", &T::type, {.required = true, .one_of = domain::kItemTypes}),
        field("name", &T::name, {.required = true, .min_length = 1, .max_length = 500}),
        field("geometry", &T::geometry, {.text = "GeoJSON geometry, EPSG:4326"}),
        field("bbox", &T::bbox, {.text = "West, south, east, north in degrees"}), field("datetime", &T::datetime),
        field("start_datetime", &T::start_datetime), field("end_datetime", &T::end_datetime),
        field("cloud_cover", &T::cloud_cover, {.text = "Percent", .min = 0, .max = 100}),
        field("gsd", &T::gsd, {.text = "Metres", .min = 0}), field("description", &T::description),
        field("properties", &T::properties),
        field("stac_extensions", &T::stac_extensions, {.max_length = 2000, .max_items = 100}),
        field("order_id", &T::order_id, {.max_length = 255}), field("upload_id", &T::upload_id, {.max_length = 255}),
        field("job_id", &T::job_id, {.max_length = 255}));
}

constexpr OperationSpec kCreate{
    .id = "items.create",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Create an item by hand, without a file.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<ItemRecord> create(domain::Context& cx, const ItemCreateInput& in) {
    domain::NewItem item;
    item.project_id = in.project_id;
    item.collection_id = in.collection_id;
    item.stac_id = in.stac_id;
    item.type = in.type;
    item.name = in.name;
    if (in.geometry)
        item.geometry = in.geometry->value;
    item.bbox = in.bbox;
    item.datetime = in.datetime;
    item.start_datetime = in.start_datetime;
    item.end_datetime = in.end_datetime;
    item.cloud_cover = in.cloud_cover;
    item.gsd = in.gsd;
    item.description = in.description;
    item.properties = in.properties.value;
    item.stac_extensions = in.stac_extensions;
    item.order_id = in.order_id;
    item.upload_id = in.upload_id;
    item.job_id = in.job_id;
    TRY(const auto row, domain::create_item(cx, std::move(item)));
    return domain::item_record(row);
}

struct ItemGetInput {
    ItemId item_id;
};
constexpr auto describe(schema::Of<ItemGetInput>) {
    return schema::fields(schema::field("item_id", &ItemGetInput::item_id, {.required = true}));
}

struct ItemGetOutput {
    schema::RawOf<ItemRecord> item;
};
constexpr auto describe(schema::Of<ItemGetOutput>) {
    return schema::fields(schema::field("item", &ItemGetOutput::item, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "items.get",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one item.",
};

Result<ItemGetOutput> get(domain::Context& cx, const ItemGetInput& in) {
    TRY(auto row, domain::require_item(cx, in.item_id, auth::ProjectRole::Viewer));
    return ItemGetOutput{{std::move(row.record)}};
}

struct ItemsListInput {
    ProjectId project_id;
    std::optional<CollectionId> collection_id;
    bool uncollected = false;
    std::int64_t limit = 100, offset = 0;
    std::optional<std::string> page_token;
};

constexpr auto describe(schema::Of<ItemsListInput>) {
    using schema::field;
    using T = ItemsListInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("collection_id", &T::collection_id),
                          field("uncollected", &T::uncollected, {.text = "Only items without a collection"}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}),
                          field("page_token", &T::page_token, kPageToken));
}

struct ItemsListOutput {
    std::vector<schema::RawOf<ItemRecord>> items;
    std::int64_t total = 0;
    std::optional<std::string> next_token;
};

constexpr auto describe(schema::Of<ItemsListOutput>) {
    return schema::fields(
        schema::field("items", &ItemsListOutput::items, {.required = true}),
        schema::field("total", &ItemsListOutput::total, {.text = "Matches before limit and offset", .required = true}),
        schema::field("next_token", &ItemsListOutput::next_token, kNextToken));
}

constexpr OperationSpec kList{
    .id = "items.list",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List a project's items, newest first.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<ItemsListOutput> page_of(domain::Context& cx, const catalog::ItemList& list,
                                const std::optional<std::string>& token) {
    const std::string question = fmt::format("{} {} {}", list.project_id.str(),
                                             list.collection_id.value_or(CollectionId()).str(), list.uncollected);
    TRY(const auto after, domain::read_page_token(cx, question, token, list.offset));
    TRY(auto found, catalog::list_page(cx.session, list, after));
    ItemsListOutput page;
    page.total = found.matched;
    page.next_token = domain::page_token(cx, question, found.end);
    page.items.reserve(found.texts.size());
    for (auto& text : found.texts)
        page.items.push_back({std::move(text)});
    return page;
}

Result<ItemsListOutput> list(domain::Context& cx, const ItemsListInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Viewer));
    if (in.uncollected && in.collection_id)
        return fail_field("uncollected", "collection_id and uncollected exclude each other");
    if (in.collection_id)
        CHECK_OK(domain::find_collection_in(cx, project.id, *in.collection_id));
    return page_of(cx, {project.organization_id, project.id, in.collection_id, in.uncollected, in.limit, in.offset},
                   in.page_token);
}

struct ItemsByCollectionInput {
    CollectionId collection_id;
    std::int64_t limit = 100, offset = 0;
    std::optional<std::string> page_token;
};

constexpr auto describe(schema::Of<ItemsByCollectionInput>) {
    using schema::field;
    using T = ItemsByCollectionInput;
    return schema::fields(field("collection_id", &T::collection_id, {.required = true}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}),
                          field("page_token", &T::page_token, kPageToken));
}

constexpr OperationSpec kListByCollection{
    .id = "items.list_by_collection",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List a collection's items, newest first.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<ItemsListOutput> list_by_collection(domain::Context& cx, const ItemsByCollectionInput& in) {
    TRY(const auto row, domain::require_collection(cx, in.collection_id));
    return page_of(cx, {row.organization_id, row.project_id, row.id, false, in.limit, in.offset}, in.page_token);
}

struct ItemStacInput {
    ItemId item_id;
    std::optional<std::string> base_url;
    domain::StacVersion stac_version = domain::StacVersion::V1_0_0;
};

constexpr auto describe(schema::Of<ItemStacInput>) {
    using schema::field;
    return schema::fields(
        field("item_id", &ItemStacInput::item_id, {.required = true}),
        field("base_url", &ItemStacInput::base_url, {.text = "Prefix of the links; the server's own if absent"}),
        field("stac_version", &ItemStacInput::stac_version, {.text = "Of the document"}));
}

constexpr OperationSpec kGetStac{
    .id = "items.get_stac",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one item as a STAC Feature.",
    .media_type = "application/geo+json",
};

Result<schema::RawOf<schema::JsonObject>> get_stac(domain::Context& cx, const ItemStacInput& in) {
    TRY(const auto base, domain::checked_base_url(cx, in.base_url));
    TRY(const auto row, domain::require_item(cx, in.item_id, auth::ProjectRole::Viewer));
    return schema::RawOf<schema::JsonObject>{domain::show_document(row.document, in.stac_version, {base, cx.origin()})};
}

constexpr std::string_view kStates[] = {"active", "expiring", "archived", "expired", "deleted"};

struct ItemUpdateInput : ItemGetInput, domain::ItemChange {};
constexpr auto describe(schema::Of<ItemUpdateInput>) {
    using schema::field;
    using T = ItemUpdateInput;
    return schema::joined(
        describe(schema::Of<ItemGetInput>{}),
        schema::fields(
            field("collection_id", &T::collection_id, {.text = "null takes the item out of its collection"}),
            field("name", &T::name, {.min_length = 1, .max_length = 500}), field("description", &T::description),
            field("geometry", &T::geometry), field("bbox", &T::bbox, {.text = "West, south, east, north in degrees"}),
            field("datetime", &T::datetime), field("cloud_cover", &T::cloud_cover, {.min = 0, .max = 100}),
            field("gsd", &T::gsd, {.text = "Metres", .min = 0}),
            field("properties", &T::properties, {.text = "Replaced as a whole"}),
            field("lifecycle_state", &T::lifecycle_state, {.text = "active or archived", .one_of = kStates})));
}

constexpr OperationSpec kUpdate{
    .id = "items.update",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Change an item: absent fields stay, null clears.",
    .errors = Code::Conflict,
};

Result<ItemRecord> update(domain::Context& cx, const ItemUpdateInput& in) {
    return domain::update_item(cx, in.item_id, in).map([](const auto& row) { return domain::item_record(row); });
}

struct ItemDuplicateInput : ItemGetInput, domain::ItemCopy {};
constexpr auto describe(schema::Of<ItemDuplicateInput>) {
    using schema::field;
    using T = ItemDuplicateInput;
    return schema::joined(describe(schema::Of<ItemGetInput>{}),
                          schema::fields(field("new_name", &T::new_name, {.min_length = 1, .max_length = 500}),
                                         field("target_collection_id", &T::target_collection_id),
                                         field("target_project_id", &T::target_project_id)));
}

constexpr OperationSpec kDuplicate{
    .id = "items.duplicate",
    .scope = "items:write",
    .side_effect = SideEffect::Compute,
    .summary = "Copy an item; both hold the same stored files.",
    .errors = Code::Conflict | Code::Gone,
    .accepts_idempotency_key = true,
};

Result<ItemRecord> duplicate(domain::Context& cx, const ItemDuplicateInput& in) {
    return domain::duplicate_item(cx, in.item_id, in).map([](const auto& row) { return domain::item_record(row); });
}

using ItemDeleteInput = schema::Named<ItemGetInput, "ItemDeleteInput">;

using ItemDeleteOutput = schema::Named<Done<ItemId>, "ItemDeleteOutput">;

constexpr OperationSpec kDelete{
    .id = "items.delete",
    .scope = "items:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete an item; its storage leaves the usage at once.",
    .errors = Code::Conflict,
};

Result<ItemDeleteOutput> remove(domain::Context& cx, const ItemDeleteInput& in) {
    CHECK_OK(domain::delete_item(cx, in.item_id));
    return ItemDeleteOutput{{true, in.item_id}};
}

} // namespace

void add_items(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kGet, get);
    registry.read(kList, list);
    registry.read(kListByCollection, list_by_collection);
    registry.read(kGetStac, get_stac);
    registry.write(kUpdate, update);
    registry.write(kDuplicate, duplicate);
    registry.write(kDelete, remove);
    add_item_search(registry);
}

} // namespace landfall::operations

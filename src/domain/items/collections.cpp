#include "domain/items/collections.hpp"

#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "domain/items/item_removal.hpp"
#include "domain/items/lineage.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"

namespace landfall::domain {
namespace {

/// How many items are in memory at once while they are taken out of a collection.
constexpr std::int64_t kItemsAtOnce = 200;

Status check_texts(const std::optional<std::string>& color, const std::optional<std::string>& description) {
    if (color && color->size() > 32)
        return fail_field("color", "A color has at most 32 characters, e.g. #3388ff");
    if (description && description->size() > 64 * 1024)
        return fail_field("description", "A description has at most 64 KiB");
    return {};
}

/// Tells of a change of the collection.
Status tell(Context& cx, std::string_view event, const catalog::CollectionRow& row) {
    cx.touch(row.id.str());
    return cx.tell(event, row.id.str(), Json::object({{"project_id", row.project_id.str()}, {"name", row.name}}));
}

Result<catalog::CollectionRow> in_project(std::optional<catalog::CollectionRow> row, const ProjectId& project) {
    if (!row || row->project_id != project)
        return fail(Code::NotFound, "The project has no such collection");
    return *std::move(row);
}

/// A collection about to be changed by whoever has the role in its project.
Result<catalog::CollectionRow> require_for_update(Context& cx, const ProjectId& project_id, const CollectionId& id,
                                                  ProjectRole role) {
    TRY(const auto project, require_writable_project(cx, project_id, role));
    TRY(auto row, catalog::lock_collection(cx.session, project.organization_id, id));
    return in_project(std::move(row), project.id);
}

} // namespace

Status leave_collection(Context& cx, catalog::ItemRow& item) {
    item.collection_id.reset();
    TRY(const bool taken, catalog::is_uncollected_stac_id_taken(cx.session, item));
    if (taken)
        item.stac_id = item.id.str();
    return {};
}

Result<catalog::CollectionRow> create_collection(Context& cx, const NewCollection& wanted) {
    TRY(const auto project, require_writable_project(cx, wanted.project_id, ProjectRole::Editor));
    CHECK_OK(check_texts(wanted.color, wanted.description));
    catalog::CollectionRow row;
    row.id = CollectionId::make();
    row.organization_id = project.organization_id;
    row.project_id = project.id;
    row.stac_id = row.id.str();
    row.name = wanted.name;
    row.description = wanted.description;
    row.color = wanted.color;
    row.show_on_map = wanted.show_on_map;
    row.layer_order = wanted.layer_order;
    row.created_by = cx.principal.user_id;
    row.created_at = row.updated_at = cx.now;
    CHECK_OK(catalog::insert_collection(cx.session, row));
    cx.artifact_produced = true;
    CHECK_OK(record_origin(cx, {"collection", row.id.str()}, {"project", project.id.str()}));
    CHECK_OK(tell(cx, catalog::event::kCollectionCreated, row));
    return row;
}

Result<catalog::CollectionRow> update_collection(Context& cx, const ProjectId& project, const CollectionId& id,
                                                 const CollectionChange& change) {
    TRY(auto row, require_for_update(cx, project, id, ProjectRole::Editor));
    change.name.assign_to(row.name);
    change.description.assign_to(row.description);
    change.color.assign_to(row.color);
    change.show_on_map.assign_to(row.show_on_map);
    change.layer_order.assign_to(row.layer_order);
    CHECK_OK(check_texts(row.color, row.description));
    row.updated_at = cx.now;
    CHECK_OK(catalog::update_collection(cx.session, row));
    CHECK_OK(tell(cx, catalog::event::kCollectionUpdated, row));
    return row;
}

Status delete_collection(Context& cx, const ProjectId& project, const CollectionId& id) {
    TRY(const auto row, require_for_update(cx, project, id, ProjectRole::Admin));
    CHECK_OK(retire_collection_files(cx, row));
    CHECK_OK(catalog::delete_collection(cx.session, row.organization_id, row.id, cx.now));
    for (bool more = true; more;) {
        TRY(auto items, catalog::lock_items_of_collection(cx.session, row.organization_id, row.id, kItemsAtOnce));
        for (auto& item : items) {
            TRY(auto shelf, Shelf::open(cx, std::move(item)));
            CHECK_OK(leave_collection(cx, shelf.item));
            CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
        }
        more = std::ssize(items) == kItemsAtOnce;
    }
    return tell(cx, catalog::event::kCollectionDeleted, row);
}

Status retire_collection_files(Context& cx, const catalog::CollectionRow& collection) {
    TRY(const auto files, Shelf::find_files(cx, collection));
    if (!files)
        return {};
    TRY(const std::int64_t freed, retire_item(cx.transaction, *files, cx.now));
    return catalog::add_usage(cx.session, {{collection.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                            "collections.delete", collection.id.str(), cx.now}});
}

Result<catalog::CollectionRow> require_collection(Context& cx, const ProjectId& project, const CollectionId& id) {
    CHECK_OK(require_project(cx, project, ProjectRole::Viewer));
    return find_collection_in(cx, project, id);
}

Result<catalog::CollectionRow> require_collection(Context& cx, const CollectionId& id) {
    TRY(auto row, catalog::find_collection(cx.session, cx.principal.organization_id, id));
    if (!row)
        return fail(Code::NotFound, "Collection not found");
    CHECK_OK(require_project(cx, row->project_id, ProjectRole::Viewer));
    return std::move(*row);
}

Result<catalog::CollectionRow> find_collection_in(Context& cx, const ProjectId& project, const CollectionId& id) {
    TRY(auto row, catalog::find_collection(cx.session, cx.principal.organization_id, id));
    return in_project(std::move(row), project);
}

Status hold_collection_in(Context& cx, const ProjectId& project, const CollectionId& id) {
    TRY(auto row, catalog::hold_collection(cx.session, cx.principal.organization_id, id));
    TRY([[maybe_unused]] const auto held, in_project(std::move(row), project));
    return {};
}

} // namespace landfall::domain

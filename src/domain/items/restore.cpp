#include "domain/items/restore.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/item_lifecycle.hpp"
#include "catalog/items/object.hpp"
#include "catalog/items/object_lock.hpp"
#include "catalog/ledger/usage.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/item_texts.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/retention.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"

#include <fmt/format.h>

#include <map>

namespace landfall::domain {
namespace {

/// Bytes of the objects that count again with the item, which no other asset holds.
Result<std::int64_t> bytes_of_return(Context& cx, const catalog::ItemRow& item) {
    TRY(const auto assets, catalog::list_assets_even_deleted(cx.session, item.organization_id, item.id));
    std::map<ObjectId, std::int64_t> sizes; // in the order in which everybody locks them
    for (const auto& asset : assets)
        if (asset.object_id && !asset.is_rendition && asset.deleted_at == item.deleted_at)
            sizes.emplace(*asset.object_id, asset.file_size_bytes.value_or(0));
    std::int64_t bytes = 0;
    for (const auto& [object, size] : sizes) {
        CHECK_OK(catalog::lock_object(cx.session, item.organization_id, object));
        TRY(const std::int64_t holders, catalog::count_counted_assets(cx.session, item.organization_id, object));
        bytes += holders == 0 ? size : 0;
    }
    return bytes;
}

Status take_back_bytes(Context& cx, const catalog::ItemRow& item) {
    TRY(const std::int64_t bytes, bytes_of_return(cx, item));
    TRY(const bool fits,
        catalog::take_storage(cx.session, {item.organization_id, bytes, "items.restore", item.id.str(), cx.now}, {}));
    if (fits)
        return {};
    return fail(Code::PaymentRequired, fmt::format("The item's {} bytes do not fit the storage quota any more. Delete "
                                                   "data or raise the quota, then restore it",
                                                   bytes));
}

Status undelete(Context& cx, catalog::ItemRow& item, const Retention& retention) {
    const Timestamp deleted_at = item.deleted_at.value_or(cx.now);
    item.deleted_at.reset();
    item.lifecycle_state = item.archived_at ? lifecycle::kArchived : lifecycle::kActive;
    item.expires_at.reset();
    if (!item.archived_at)
        renew_retention(item, retention, cx.now);
    if (item.collection_id) {
        TRY(const auto collection, catalog::lock_collection(cx.session, item.organization_id, *item.collection_id));
        if (!collection)
            CHECK_OK(leave_collection(cx, item));
    }
    const auto undeleted = catalog::undelete_item(cx.session, item);
    if (!undeleted && undeleted.error().code == Code::Conflict)
        return fail(Error(Code::Conflict, fmt::format("Another item has its stac_id '{}' by now; delete or move that "
                                                      "one, then restore this",
                                                      item.stac_id))
                        .because(undeleted.error().cause));
    if (!undeleted)
        return fail(undeleted.error());
    return catalog::undelete_assets(cx.session, item.organization_id, item.id, deleted_at);
}

} // namespace

Status restate(catalog::Transaction& transaction, catalog::ItemRow& item, Timestamp now) {
    database::Session& session = transaction.session;
    TRY(const auto assets, catalog::list_assets(session, item.organization_id, item.id));
    TRY(const auto origins, catalog::list_origins(session, item.organization_id, {"item", item.id.str()}));
    item.updated_at = now;
    CHECK_OK(compose_texts(session, item, assets, origins));
    TRY(const bool stored, catalog::update_item(session, item, catalog::IndexUpdate::Keep));
    if (!stored)
        return fail_race("The item changed at the same time; try again");
    transaction.changes(item.organization_id);
    return {};
}

Result<catalog::ItemRow> restore_item(Context& cx, const ItemId& id) {
    TRY(const auto seen, require_item_even_deleted(cx, id, ProjectRole::Editor));
    CHECK_OK(require_writable_project(cx, seen.project_id, ProjectRole::Editor));
    TRY(auto locked, catalog::lock_item_even_deleted(cx.session, seen.organization_id, id));
    if (!locked)
        return fail(Code::NotFound, "Item not found");
    catalog::ItemRow& item = *locked;
    TRY(const Retention retention, catalog::find_retention_terms(cx.session, item.organization_id));
    if (item.deleted_at) {
        CHECK_OK(take_back_bytes(cx, item));
        CHECK_OK(undelete(cx, item, retention));
    } else if (item.lifecycle_state == lifecycle::kExpired) {
        renew_retention(item, retention, cx.now);
        if (item.lifecycle_state == lifecycle::kExpired)
            return fail(Code::Conflict, "The item is past the retention of the free plan; it comes back with the paid "
                                        "plan or with a longer retention");
    } else {
        return std::move(item);
    }
    TRY(auto shelf, Shelf::open(cx, std::move(item)));
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    CHECK_OK(enqueue_missing_renditions(cx, shelf));
    return std::move(shelf.item);
}

} // namespace landfall::domain

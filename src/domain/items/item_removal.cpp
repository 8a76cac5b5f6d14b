#include "domain/items/item_removal.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/object.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/work/job.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/shelf.hpp"

namespace landfall::domain {

Result<std::int64_t> retire_item(catalog::Transaction& transaction, const catalog::ItemRow& item, Timestamp now) {
    database::Session& session = transaction.session;
    TRY(const auto assets, catalog::list_assets(session, item.organization_id, item.id));
    std::int64_t freed = 0;
    for (const auto& asset : assets)
        CHECK_OK(drop_asset(transaction, asset, now, freed));
    TRY(const bool deleted, catalog::delete_item(session, item.organization_id, item.id, now));
    if (!deleted)
        return fail(Code::NotFound, "Item not found");
    CHECK_OK(catalog::cancel_jobs_of_item(session, item.organization_id, item.id, now));
    CHECK_OK(catalog::record_event(transaction, {catalog::event::kItemDeleted, item.organization_id, item.id.str(), now,
                                                 event_data(item).dump()}));
    return freed;
}

Status purge_item(catalog::Transaction& transaction, const catalog::DeletedItem& item, Timestamp now) {
    database::Session& session = transaction.session;
    TRY(const auto assets, catalog::list_assets_even_deleted(session, item.organization_id, item.id));
    for (const auto& asset : assets)
        if (asset.object_id)
            CHECK_OK(catalog::release_object(session, item.organization_id, *asset.object_id, now));
    CHECK_OK(catalog::purge_assets(session, item.organization_id, item.id));
    CHECK_OK(catalog::purge_item(session, item.organization_id, item.id));
    transaction.changes(item.organization_id);
    return {};
}

} // namespace landfall::domain

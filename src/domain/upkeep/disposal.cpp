#include "domain/upkeep/disposal.hpp"

#include "catalog/items/item.hpp"
#include "catalog/items/object.hpp"
#include "catalog/ledger/removal_hold.hpp"
#include "catalog/work/upload.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/item_removal.hpp"

namespace landfall::domain {
namespace {

/// Runs a transaction that does at most a batch until one does less.
template<typename Work>
Result<std::int64_t> in_batches(const catalog::Transactor& transactor, const std::stop_token& stop, Work work) {
    std::int64_t all = 0;
    for (std::int64_t some = kUpkeepBatch; some == kUpkeepBatch && !stop.stop_requested(); all += some) {
        TRY(some, transactor.run_for(work));
    }
    return all;
}

} // namespace

Result<std::int64_t> end_idle_uploads(const catalog::Transactor& transactor, const Due& due) {
    return in_batches(transactor, due.stop, [&](catalog::Transaction& transaction) -> Result<std::int64_t> {
        TRY(const auto idle, catalog::list_idle_uploads(transaction, due.before, kUpkeepBatch));
        for (const auto& upload : idle) {
            const catalog::UploadFailure failure{"The session was idle for too long", "expired", due.now,
                                                 upload.claim_token};
            CHECK_OK(end_upload(transaction, upload, failure, "uploads.expired"));
        }
        return std::ssize(idle);
    });
}

Result<std::int64_t> purge_deleted_items(const catalog::Transactor& transactor, const Due& due) {
    const auto purge = [&](catalog::Held held) {
        return in_batches(transactor, due.stop, [&, held](catalog::Transaction& transaction) -> Result<std::int64_t> {
            TRY(const auto items, catalog::lock_items_deleted_before(transaction, due.before, kUpkeepBatch, held));
            for (const auto& item : items)
                CHECK_OK(purge_item(transaction, item, due.now));
            return std::ssize(items);
        });
    };
    TRY(const std::int64_t free, purge(catalog::Held::Skipped));
    TRY(const std::int64_t held, purge(catalog::Held::Awaited));
    return free + held;
}

Result<RemovedObjects> remove_released_objects(const Swept& swept, const Clock& clock, const Due& due) {
    RemovedObjects removed;
    while (true) {
        TRY(const auto released, swept.database.read_for([&](database::Session& session) {
            return catalog::list_released_objects(session, due.before, kUpkeepBatch);
        }));
        for (const auto& object : released) {
            TRY(removed.held, swept.database.read_for([&](database::Session& session) {
                return catalog::removal_is_held(session, clock.now());
            }));
            if (removed.held)
                return removed;
            // Bytes first: a row without bytes is found and purged by the next sweep, bytes without a row too.
            CHECK_OK(swept.store.remove(object.blob_key));
            CHECK_OK(swept.transactor.run_for(
                [&](database::Session& session) { return catalog::purge_object(session, object.id); }));
            ++removed.objects;
            removed.bytes += object.size;
        }
        if (std::ssize(released) < kUpkeepBatch || due.stop.stop_requested())
            return removed;
    }
}

} // namespace landfall::domain

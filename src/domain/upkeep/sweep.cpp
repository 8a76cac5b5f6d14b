#include "domain/upkeep/sweep.hpp"

#include "catalog/change.hpp"
#include "catalog/items/object.hpp"
#include "catalog/ledger/audit.hpp"
#include "catalog/ledger/catalog_use.hpp"
#include "catalog/ledger/rate_window.hpp"
#include "catalog/sign_in/attempt.hpp"
#include "catalog/sign_in/device_request.hpp"
#include "catalog/sign_in/session.hpp"
#include "catalog/tenancy/invitation.hpp"
#include "catalog/work/idempotency.hpp"
#include "catalog/work/job_link.hpp"
#include "catalog/work/part_upload.hpp"
#include "catalog/work/processing_job.hpp"
#include "catalog/work/upload.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/sign_in/throttle.hpp"
#include "domain/upkeep/identity.hpp"
#include "domain/upkeep/project_removal.hpp"
#include "storage/part_store.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace landfall::domain {
namespace {

constexpr std::int64_t kBatch = kUpkeepBatch;
constexpr std::int64_t kFewBlobs = 100;
constexpr std::int64_t kMostOrphans = 10; ///< one in so many blobs
constexpr std::int64_t kAuditShare = 4;   ///< one in so many bytes of an organization's share of the catalog
/// How long an ended job keeps what it answered in blobs.
constexpr std::chrono::hours kJobOutputsKept{7 * 24};

/// One clean-up; each step works in batches so that it never holds the writer for long.
class Sweeper {
public:
    Sweeper(const Swept& swept, const Clock& clock, const SweepOptions& options)
        : swept_(swept), database_(swept.database), transactor_(swept.transactor), store_(swept.store), clock_(clock),
          now_(clock.now()), options_(options) {}

    Result<SweepReport> run() {
        for (const auto step :
             {&Sweeper::end_idle_sessions, &Sweeper::purge_items, &Sweeper::empty_projects,
              &Sweeper::remove_released_objects, &Sweeper::release_job_blobs, &Sweeper::remove_orphans,
              &Sweeper::abort_part_uploads, &Sweeper::purge_expired, &Sweeper::trim_audit})
            if (!stopping())
                CHECK_OK((this->*step)());
        return report_;
    }

private:
    bool stopping() const { return options_.stop.stop_requested(); }
    Due due(std::chrono::seconds after) const { return {now_ - after, now_, options_.stop}; }
    Status end_idle_sessions();
    Status purge_items();
    Status empty_projects() { return empty_deleted_projects({transactor_, clock_, options_.stop}); }
    Status remove_released_objects();
    Status release_job_blobs();
    bool may_be_orphan(const storage::BlobEntry& blob) const;
    Result<std::vector<storage::BlobEntry>> find_orphans(std::int64_t& blobs) const;
    Status remove_orphans();
    Status abort_part_uploads();
    Status purge_expired();
    Status purge_older(std::int64_t seconds,
                       Result<std::int64_t> (*purge)(database::Session&, Timestamp, std::int64_t));
    Status purge_sign_in();
    Status trim_audit();
    template<typename Purge>
    Status purge_in_batches(Purge purge);

    const Swept& swept_;
    const database::Database& database_;
    const catalog::Transactor& transactor_;
    storage::ObjectStore& store_;
    const Clock& clock_;
    Timestamp now_;
    const SweepOptions& options_;
    SweepReport report_;
};

Status Sweeper::end_idle_sessions() {
    if (options_.limits.upload_idle_seconds == 0)
        return {};
    TRY(report_.sessions_ended,
        end_idle_uploads(swept_.transactor, due(std::chrono::seconds(options_.limits.upload_idle_seconds))));
    return {};
}

Status Sweeper::purge_items() {
    if (options_.limits.deleted_item_seconds == 0)
        return {};
    TRY(report_.items_purged,
        purge_deleted_items(swept_.transactor, due(std::chrono::seconds(options_.limits.deleted_item_seconds))));
    return {};
}

Status Sweeper::remove_released_objects() {
    TRY(const auto removed, domain::remove_released_objects(swept_, clock_, due(options_.grace)));
    report_.objects_removed = removed.objects;
    report_.bytes_freed += removed.bytes;
    report_.removal_held = removed.held;
    return {};
}

Status Sweeper::release_job_blobs() {
    while (true) {
        TRY(const auto spent,
            transactor_.run_for([&](catalog::Transaction& transaction) -> Result<std::vector<catalog::JobBlobRow>> {
                TRY(auto rows, catalog::list_spent_job_blobs(transaction, now_ - kJobOutputsKept, kBatch));
                for (const auto& row : rows)
                    CHECK_OK(catalog::delete_job_blob(transaction, row));
                for (const auto& row : rows) {
                    // What a job made may have become an object.
                    TRY(const bool known, catalog::blob_is_known(transaction, row.blob_key));
                    if (!known)
                        transaction.release(row.blob_key);
                }
                return rows;
            }));
        report_.job_blobs_released += static_cast<std::int64_t>(spent.size());
        if (static_cast<std::int64_t>(spent.size()) < kBatch || stopping())
            return {};
    }
}

/// What a writer that is gone has left may go soon. Whole blobs that the catalog does not know may be those of a
/// catalog that will come back.
bool Sweeper::may_be_orphan(const storage::BlobEntry& blob) const {
    const auto kept = blob.unfinished ? options_.grace : options_.kept_orphans();
    return !blob.being_written && blob.age >= kept && blob.key != kStoreIdentityKey;
}

Result<std::vector<storage::BlobEntry>> Sweeper::find_orphans(std::int64_t& blobs) const {
    std::vector<storage::BlobEntry> candidates;
    CHECK_OK(store_.list([&](const storage::BlobEntry& blob) {
        blobs += blob.unfinished ? 0 : 1;
        if (may_be_orphan(blob))
            candidates.push_back(blob);
    }));
    std::vector<storage::BlobEntry> orphans;
    for (auto at = candidates.begin(); at != candidates.end();) {
        const auto end = at + std::min<std::ptrdiff_t>(kBatch, candidates.end() - at);
        std::vector<std::string> keys;
        std::ranges::transform(at, end, std::back_inserter(keys), &storage::BlobEntry::key);
        TRY(const auto unknown,
            database_.read_for([&](database::Session& session) { return catalog::unknown_blobs(session, keys); }));
        const std::set<std::string_view> nowhere(unknown.begin(), unknown.end());
        std::ranges::copy_if(at, end, std::back_inserter(orphans),
                             [&](const auto& blob) { return nowhere.contains(blob.key); });
        at = end;
    }
    return orphans;
}

Status Sweeper::remove_orphans() {
    std::int64_t blobs = 0;
    TRY(const auto orphans, find_orphans(blobs));
    const auto whole = std::ranges::count_if(orphans, [](const auto& blob) { return !blob.unfinished; });
    // So many at once are the sign of a catalog that is not the store's.
    const bool hold = !options_.any_number_of_orphans && blobs > kFewBlobs && whole > blobs / kMostOrphans;
    report_.orphans_held = hold ? whole : 0;
    for (const auto& blob : orphans) {
        if (stopping())
            break;
        if (hold && !blob.unfinished)
            continue;
        CHECK_OK(store_.remove(blob.key));
        ++report_.orphans_removed;
        report_.bytes_freed += blob.size;
    }
    return {};
}

Status Sweeper::abort_part_uploads() {
    storage::PartStore* const parts = store_.parts();
    if (parts == nullptr)
        return {};
    const std::chrono::seconds idle(options_.limits.upload_idle_seconds);
    for (std::int64_t some = kBatch; idle.count() > 0 && some == kBatch && !stopping();
         report_.part_uploads_aborted += some) {
        TRY(some, transactor_.run_for([&](catalog::Transaction& transaction) {
            return end_idle_parts(transaction, now_ - idle, kBatch, now_);
        }));
    }
    // What the catalog does not know any more, or never did: it knows of an upload before its first part comes.
    TRY(const int aborted, parts->sweep(options_.grace, [&](const std::string& key) {
        const auto open =
            database_.read_for([&](database::Session& session) { return catalog::is_open_part_upload(session, key); });
        return open && !*open;
    }));
    report_.part_uploads_aborted += aborted;
    return {};
}

template<typename Purge>
Status Sweeper::purge_in_batches(Purge purge) {
    for (std::int64_t purged = kBatch; purged == kBatch && !stopping();) {
        TRY(purged, transactor_.run_for(purge));
        report_.records_purged += purged;
    }
    return {};
}

Status Sweeper::purge_expired() {
    TRY(report_.records_purged, transactor_.run_for([&](database::Session& session) -> Result<std::int64_t> {
        TRY(const std::int64_t keys, catalog::purge_idempotency_keys(session, now_));
        TRY(const std::int64_t windows, catalog::purge_rate_windows(session, now_ - std::chrono::hours(2)));
        TRY(const std::int64_t links, catalog::purge_links(session, now_));
        return keys + windows + links;
    }));
    CHECK_OK(purge_in_batches(
        [](database::Session& session) { return catalog::purge_changes(session, catalog::kChangesKept, kBatch); }));
    CHECK_OK(purge_sign_in());
    const Limits& limits = options_.limits;
    // What was ordered goes first: what its row in the queue says of its end tells when.
    CHECK_OK(purge_older(limits.finished_job_seconds, catalog::purge_processing_jobs));
    CHECK_OK(purge_older(limits.finished_job_seconds, catalog::purge_jobs));
    CHECK_OK(purge_older(limits.ended_upload_seconds, catalog::purge_uploads));
    CHECK_OK(purge_older(limits.ended_upload_seconds, catalog::purge_part_uploads));
    return purge_older(limits.audit_seconds, catalog::purge_audit);
}

/// What is kept for so many seconds; 0: for ever.
Status Sweeper::purge_older(std::int64_t seconds,
                            Result<std::int64_t> (*purge)(database::Session&, Timestamp, std::int64_t)) {
    if (seconds == 0)
        return {};
    const Timestamp before = now_ - std::chrono::seconds(seconds);
    return purge_in_batches([&](database::Session& session) { return purge(session, before, kBatch); });
}

/// What is kept of sessions that lapsed tells a stolen refresh token for a day; of tries and addresses, what counts.
Status Sweeper::purge_sign_in() {
    const Timestamp yesterday = now_ - std::chrono::hours(24);
    CHECK_OK(purge_in_batches(
        [&](database::Session& session) { return catalog::purge_sessions(session, yesterday, kBatch); }));
    CHECK_OK(purge_in_batches(
        [&](database::Session& session) { return catalog::purge_device_requests(session, yesterday, kBatch); }));
    CHECK_OK(
        purge_in_batches([&](database::Session& session) { return catalog::purge_sent_forms(session, now_, kBatch); }));
    CHECK_OK(purge_in_batches(
        [&](database::Session& session) { return catalog::purge_sign_in_failures(session, yesterday, kBatch); }));
    return purge_in_batches([&](database::Session& session) {
        return catalog::purge_sign_in_addresses(session, now_ - kAddressKnown, kBatch);
    });
}

/// Whoever calls much must not be kept from working by the records of it.
Status Sweeper::trim_audit() {
    const std::int64_t most = options_.limits.catalog_bytes_per_organization / kAuditShare;
    while (most > 0 && !stopping()) {
        TRY(const auto beyond,
            database_.read_for([&](database::Session& session) { return catalog::list_audit_beyond(session, most); }));
        std::int64_t removed = 0;
        for (const auto& organization : beyond) {
            TRY(const auto purged, transactor_.run_for([&](database::Session& session) {
                return catalog::purge_audit_of(session, organization, kBatch);
            }));
            removed += purged;
        }
        report_.records_purged += removed;
        if (removed == 0)
            return {};
    }
    return {};
}

} // namespace

Result<SweepReport> sweep(const Swept& swept, const Clock& clock, const SweepOptions& options) {
    return Sweeper(swept, clock, options).run();
}

} // namespace landfall::domain

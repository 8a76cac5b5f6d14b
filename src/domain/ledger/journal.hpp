#pragma once
/// What must be recorded but must not make reads slow: audit of reads and refusals, egress and tile counts. Queued
/// and written every 200 ms. Design: section 3.

#include "catalog/ledger/audit.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/ledger/usage_share.hpp"
#include "catalog/transaction.hpp"
#include "core/ids.hpp"
#include "core/mutex.hpp"
#include "core/time.hpp"

#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace landfall::domain {

/// Whose usage something is: of an organization, and of what in it as far as is known.
struct Consumer {
    OrganizationId organization;
    ProjectId project{};
    ItemId item{};
    std::string asker{}; ///< id of the principal that asked for it: an API key or a user
    UserId user{};       ///< that user, or the one who made the key
};

/// Thread-safe. What cannot be written is tried again: counts for ever, audit records for a minute. What is queued when
/// the process is killed is lost; writes are audited in their own transaction.
class Journal {
public:
    Journal(const catalog::Transactor& transactor, const Clock& clock);
    /// Writes what is left.
    ~Journal();

    /// Audits one of many: calls of one kind (caller, operation, outcome) within a minute are one record, which counts
    /// them, for one caller can make more than a log should hold.
    void audit(catalog::AuditRow row);
    void count(const Consumer& consumer, catalog::UsageKind kind, std::int64_t amount);
    /// Notes that an API key was used; written at most once a minute per key.
    void touch(const ApiKeyId& key, Timestamp at);
    /// Writes what is queued before it returns.
    void flush();
    /// Since the start, for metrics.
    struct Stats {
        std::uint64_t failures = 0; ///< writes that failed
        std::uint64_t dropped = 0;  ///< audit records lost: the queue was full, or could not be written for a minute
    };
    Stats stats() const;

private:
    using Counts = std::map<std::pair<OrganizationId, catalog::UsageKind>, std::int64_t>;
    using Shares =
        std::map<std::tuple<OrganizationId, catalog::UsageDimension, std::string, catalog::UsageKind>, std::int64_t>;
    /// What is to be written.
    struct Batch {
        std::map<AuditId, catalog::AuditRow> records; ///< as they stand
        Counts counts;
        Shares shares;
        std::map<ApiKeyId, Timestamp> touches;

        bool empty() const { return records.empty() && counts.empty() && touches.empty(); }
    };

    void run();
    Status write(const Batch& batch);
    void note(const catalog::AuditRow& record) REQUIRES(mutex_);
    void add_shares(const Shares& shares) REQUIRES(mutex_);
    void put_back(Batch batch, std::size_t given_up) EXCLUDES(mutex_);

    const catalog::Transactor& transactor_;
    const Clock& clock_;
    mutable Mutex mutex_;
    Condition wake_;
    Batch batch_ GUARDED_BY(mutex_);
    std::map<ApiKeyId, Timestamp> touched_ GUARDED_BY(mutex_);
    std::map<std::string, catalog::AuditRow>
        counting_ GUARDED_BY(mutex_); ///< by the kind of calls, of their last minute
    Stats stats_ GUARDED_BY(mutex_);
    bool stopping_ GUARDED_BY(mutex_) = false;
    Mutex flushing_;
    int tries_ GUARDED_BY(flushing_) = 0; ///< that failed since the last success
    std::thread thread_;
};

} // namespace landfall::domain

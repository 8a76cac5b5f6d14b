#pragma once
/// What must be recorded but must not make reads slow: audit of reads and refusals, egress and tile counts. Queued
/// and written every 200 ms. Design: section 3.

#include "catalog/audit.hpp"
#include "catalog/usage.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace landfall::domain {

/// Thread-safe. What is queued when the process is killed is lost; writes are audited in their own transaction.
class Journal {
public:
    Journal(catalog::Database& database, const Clock& clock);
    /// Writes what is left.
    ~Journal();

    void audit(catalog::AuditRow row);
    void count(const OrganizationId& organization, catalog::UsageKind kind, std::int64_t amount);
    /// Notes that an API key was used; written at most once a minute per key.
    void touch(const ApiKeyId& key, Timestamp at);
    /// Writes what is queued before it returns.
    void flush();
    /// Records dropped because the queue was full, for metrics.
    std::uint64_t dropped() const;

private:
    void run();

    catalog::Database& database_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<catalog::AuditRow> rows_;                                          // guarded by mutex_
    std::map<std::pair<OrganizationId, catalog::UsageKind>, std::int64_t> counts_; // guarded by mutex_
    std::map<ApiKeyId, Timestamp> touched_;                                        // guarded by mutex_
    std::map<ApiKeyId, Timestamp> touches_;                                        // guarded by mutex_; to write
    std::uint64_t dropped_ = 0;                                                    // guarded by mutex_
    bool stopping_ = false;                                                        // guarded by mutex_
    std::mutex flushing_;
    std::thread thread_;
};

} // namespace landfall::domain

#pragma once
/// Tells a server's caches what others committed.

#include "catalog/change.hpp"
#include "database/database.hpp"
#include "domain/versions.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace landfall::domain {

/// Looks twenty times a second which organizations changed. While it cannot, `versions` grows too old for anything to
/// hold, and once it can again, everything counts as changed. Thread-safe.
class ChangeWatcher {
public:
    ChangeWatcher(const database::Database& database, Versions& versions);
    ~ChangeWatcher();

    /// Looks now: what was committed before the call is told when it returns. Unavailable as a read is.
    Status look();

private:
    void run(const std::stop_token& stop);

    Versions& versions_;
    std::mutex looking_;
    std::unique_ptr<database::Watch> watch_;  // guarded by looking_
    std::optional<catalog::ChangeMark> mark_; // guarded by looking_
    Versions::Instant seen_at_{};             // guarded by looking_; when the mark was known to be the latest
    std::mutex sleeping_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

} // namespace landfall::domain

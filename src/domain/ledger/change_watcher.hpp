#pragma once
/// Tells a server's caches what others committed.

#include "catalog/change.hpp"
#include "core/mutex.hpp"
#include "database/database.hpp"
#include "domain/versions.hpp"

#include <memory>
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

    const database::Database& database_;
    Versions& versions_;
    Mutex looking_;
    std::unique_ptr<database::Watch> watch_ GUARDED_BY(looking_);
    std::optional<catalog::ChangeMark> mark_ GUARDED_BY(looking_);
    Versions::Instant seen_at_ GUARDED_BY(looking_){}; ///< when the mark was known to be the latest
    std::jthread thread_;
};

} // namespace landfall::domain

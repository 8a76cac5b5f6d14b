#pragma once
/// The reader of the outbox: takes events away in order and hands them to those who were named, in one transaction.

#include "catalog/ledger/outbox.hpp"
#include "catalog/transaction.hpp"
#include "core/mutex.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace landfall::domain {

/// Several servers may read one outbox: each event is taken by one of them. Thread-safe.
class OutboxReader {
public:
    /// Does its part for the events within the transaction that takes them away; it may run more than once. A failure
    /// leaves all of them for the next try.
    using Consumer = std::function<Status(catalog::Transaction&, const std::vector<catalog::EventRow>&)>;

    OutboxReader(const catalog::Transactor& transactor, std::vector<Consumer> consumers);
    /// Ends after the batch at hand.
    ~OutboxReader();

    /// Events were recorded: looks at once. Without it, within two seconds.
    void wake();
    /// Hands on all that there is now.
    Status drain();
    /// Events handed on since the start, by type: for metrics.
    std::map<std::string, std::uint64_t> counts() const;

private:
    void run();
    Result<std::size_t> hand_on();

    const catalog::Transactor& transactor_;
    const std::vector<Consumer> consumers_;
    mutable Mutex mutex_;
    Condition wake_;
    bool woken_ GUARDED_BY(mutex_) = false;
    bool stopping_ GUARDED_BY(mutex_) = false;
    std::map<std::string, std::uint64_t> counts_ GUARDED_BY(mutex_);
    std::thread thread_;
};

} // namespace landfall::domain

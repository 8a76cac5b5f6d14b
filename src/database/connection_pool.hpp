#pragma once
/// A bounded set of connections, opened when first needed, for one borrower each.

#include "core/mutex.hpp"
#include "database/connection.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace landfall::database {

/// Hands out the connection that came back last, so that its caches are warm. Thread-safe.
template<typename C>
class ConnectionPool {
public:
    using Open = std::function<Result<std::unique_ptr<C>>()>;

    ConnectionPool(Open open, int limit) : open_(std::move(open)), unopened_(std::max(limit, 1)) {}

    /// A connection for the caller alone. Unavailable if none comes free in ten seconds. Where no further one can be
    /// opened, one that is in use is waited for; open's error if there is none, or none comes back.
    Result<std::unique_ptr<C>> borrow() {
        const auto deadline = std::chrono::steady_clock::now() + kWait;
        const Lock lock(mutex_);
        for (;;) {
            while (idle_.empty() && unopened_ <= 0 && returned_.wait_until(mutex_, deadline))
                continue;
            if (!idle_.empty()) {
                auto connection = std::move(idle_.back());
                idle_.pop_back();
                return connection;
            }
            if (unopened_ <= 0)
                return fail(unavailable("every connection stayed in use"));
            auto opened = open_one();
            if (opened || live_ == 0 || std::chrono::steady_clock::now() >= deadline)
                return opened;
            returned_.wait_until(mutex_, std::min(deadline, std::chrono::steady_clock::now() + kRetry));
        }
    }

    /// Nothing instead of a connection makes room to open another.
    void give_back(std::unique_ptr<C> connection) {
        {
            const Lock lock(mutex_);
            if (connection) {
                idle_.push_back(std::move(connection));
            } else {
                ++unopened_;
                --live_;
            }
        }
        returned_.notify_one();
    }

private:
    static constexpr auto kWait = std::chrono::seconds(10);
    static constexpr auto kRetry = std::chrono::milliseconds(200);

    Result<std::unique_ptr<C>> open_one() REQUIRES(mutex_) {
        --unopened_;
        Result<std::unique_ptr<C>> opened = std::unique_ptr<C>();
        {
            const Unlock meanwhile(mutex_);
            opened = open_();
        }
        if (opened)
            ++live_;
        else
            ++unopened_;
        return opened;
    }

    Open open_;
    Mutex mutex_;
    Condition returned_;
    std::vector<std::unique_ptr<C>> idle_ GUARDED_BY(mutex_);
    int unopened_ GUARDED_BY(mutex_);
    int live_ GUARDED_BY(mutex_) = 0; ///< opened, idle or in use
};

} // namespace landfall::database

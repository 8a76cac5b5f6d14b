#pragma once
/// Private to src/http: lets a coroutine hand blocking work to a pool and wait for it without holding its thread.

#include "http/server/asio.hpp"
#include "http/server/work_pool.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace landfall::http {

/// One job at a time. Every member is called on the loop's thread; the object outlives its job, since `busy` must be
/// awaited away before its owner ends.
class Offload {
public:
    /// `owner`: in whose name its jobs wait for their turn.
    explicit Offload(LoopExecutor executor, std::string owner = {})
        : executor_(std::move(executor)), owner_(std::move(owner)) {}
    Offload(const Offload&) = delete;
    Offload& operator=(const Offload&) = delete;

    void work_for(std::string owner) { owner_ = std::move(owner); }
    /// False if the pool's queue is full. `job` runs on the pool, then `done` on the loop.
    bool try_start(WorkPool& pool, std::function<void()> job);
    void start(WorkPool& pool, std::function<void()> job, std::function<void()> done = {});
    bool busy() const { return busy_; }
    /// Returns once nothing is under way.
    Task<void> wait();

private:
    using Waiter = asio::async_result<asio::use_awaitable_t<LoopExecutor>, void()>::handler_type;

    PoolJob wrap(std::function<void()> job, std::function<void()> done);
    void finish(const std::function<void()>& done);
    Task<void> suspend();

    LoopExecutor executor_;
    std::string owner_;
    bool busy_ = false;
    std::optional<Waiter> waiter_;
};

} // namespace landfall::http

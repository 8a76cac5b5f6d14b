#include "http/server/offload.hpp"

#include <utility>

namespace landfall::http {

bool Offload::try_start(WorkPool& pool, std::function<void()> job) {
    busy_ = pool.try_submit(owner_, wrap(std::move(job), {}));
    return busy_;
}

void Offload::start(WorkPool& pool, std::function<void()> job, std::function<void()> done) {
    busy_ = true;
    pool.submit(owner_, wrap(std::move(job), std::move(done)));
}

Task<void> Offload::wait() {
    while (busy_)
        co_await suspend();
}

PoolJob Offload::wrap(std::function<void()> job, std::function<void()> done) {
    return {std::move(job), [this, done = std::move(done)]() mutable {
                asio::post(executor_, [this, done = std::move(done)] { finish(done); });
            }};
}

void Offload::finish(const std::function<void()>& done) {
    busy_ = false;
    if (done)
        done();
    if (!waiter_)
        return;
    Waiter waiter = *std::move(waiter_);
    waiter_.reset();
    waiter();
}

Task<void> Offload::suspend() {
    const auto keep = [this](auto handler) { waiter_.emplace(std::move(handler)); };
    return asio::async_initiate<const asio::use_awaitable_t<LoopExecutor>, void()>(keep, kAwait);
}

} // namespace landfall::http

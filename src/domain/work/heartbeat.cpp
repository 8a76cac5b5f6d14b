#include "domain/work/heartbeat.hpp"

#include <utility>

namespace landfall::domain {

Heartbeat::Heartbeat(std::chrono::seconds every, std::function<void()> beat)
    : every_(every), beat_(std::move(beat)), thread_([this] { run(); }) {}

Heartbeat::~Heartbeat() {
    stop();
}

void Heartbeat::stop() {
    {
        const Lock lock(mutex_);
        done_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void Heartbeat::run() {
    const Lock lock(mutex_);
    for (;;) {
        const auto next = std::chrono::steady_clock::now() + every_;
        while (!done_ && wake_.wait_until(mutex_, next))
            continue;
        if (done_)
            return;
        const Unlock meanwhile(mutex_);
        beat_();
    }
}

} // namespace landfall::domain

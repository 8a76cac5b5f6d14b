#include "domain/upkeep/outbox_reader.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::int64_t kBatch = 200;
constexpr std::chrono::seconds kInterval{2};

} // namespace

OutboxReader::OutboxReader(const catalog::Transactor& transactor, std::vector<Consumer> consumers)
    : transactor_(transactor), consumers_(std::move(consumers)), thread_([this] { run(); }) {}

OutboxReader::~OutboxReader() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void OutboxReader::wake() {
    {
        const Lock lock(mutex_);
        woken_ = true;
    }
    wake_.notify_all();
}

Status OutboxReader::drain() {
    for (;;) {
        TRY(const std::size_t taken, hand_on());
        if (taken < static_cast<std::size_t>(kBatch))
            return {};
    }
}

std::map<std::string, std::uint64_t> OutboxReader::counts() const {
    const Lock lock(mutex_);
    return counts_;
}

Result<std::size_t> OutboxReader::hand_on() {
    TRY(const auto events,
        transactor_.run_for([&](catalog::Transaction& transaction) -> Result<std::vector<catalog::EventRow>> {
            TRY(auto taken, catalog::take_events(transaction, kBatch));
            for (const auto& consumer : consumers_)
                if (!taken.empty())
                    CHECK_OK(consumer(transaction, taken));
            return taken;
        }));
    const Lock lock(mutex_);
    for (const auto& event : events)
        ++counts_[event.type];
    return events.size();
}

void OutboxReader::run() {
    const Lock lock(mutex_);
    bool failing = false;
    while (!stopping_) {
        const auto next = std::chrono::steady_clock::now() + kInterval;
        while (!stopping_ && !woken_ && wake_.wait_until(mutex_, next))
            continue;
        if (stopping_)
            return;
        woken_ = false;
        const Unlock meanwhile(mutex_);
        const Status done = drain();
        if (!done && !failing)
            spdlog::error("the outbox cannot be read and is tried again: {} {}", done.error().message,
                          done.error().cause);
        failing = !done.has_value();
    }
}

} // namespace landfall::domain

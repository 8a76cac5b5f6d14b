#include "domain/journal.hpp"

#include "catalog/api_key.hpp"

#include <spdlog/spdlog.h>

namespace landfall::domain {
namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr std::chrono::minutes kTouchInterval{1};
constexpr std::size_t kMaxRows = 100'000;
constexpr std::size_t kMaxTouched = 10'000;

} // namespace

Journal::Journal(catalog::Database& database, const Clock& clock)
    : database_(database), clock_(clock), thread_([this] { run(); }) {}

Journal::~Journal() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    flush();
}

void Journal::audit(catalog::AuditRow row) {
    const std::lock_guard lock(mutex_);
    if (rows_.size() >= kMaxRows)
        ++dropped_;
    else
        rows_.push_back(std::move(row));
}

void Journal::count(const OrganizationId& organization, catalog::UsageKind kind, std::int64_t amount) {
    const std::lock_guard lock(mutex_);
    counts_[{organization, kind}] += amount;
}

void Journal::touch(const ApiKeyId& key, Timestamp at) {
    const std::lock_guard lock(mutex_);
    const auto [it, fresh] = touched_.try_emplace(key, at);
    if (!fresh && at - it->second < kTouchInterval)
        return;
    it->second = at;
    touches_[key] = at;
    if (touched_.size() > kMaxTouched)
        touched_.clear();
}

std::uint64_t Journal::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

void Journal::run() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kInterval, [this] { return stopping_; })) {
        lock.unlock();
        flush();
        lock.lock();
    }
}

void Journal::flush() {
    const std::lock_guard one_at_a_time(flushing_);
    std::vector<catalog::AuditRow> rows;
    decltype(counts_) counts;
    decltype(touches_) touches;
    {
        const std::lock_guard lock(mutex_);
        rows.swap(rows_);
        counts.swap(counts_);
        touches.swap(touches_);
    }
    if (rows.empty() && counts.empty() && touches.empty())
        return;
    std::vector<catalog::UsageEntry> entries;
    for (const auto& [key, amount] : counts)
        entries.push_back({key.first, key.second, amount, "served", "", clock_.now()});
    const auto written = database_.write([&](catalog::Session& session) -> Status {
        CHECK_OK(catalog::append_audit(session, rows));
        for (const auto& [key, at] : touches)
            CHECK_OK(catalog::touch_api_key(session, key, at));
        return catalog::add_usage(session, entries);
    });
    if (!written)
        spdlog::error("the journal could not be written, {} audit records are lost: {} {}", rows.size(),
                      written.error().message, written.error().cause);
}

} // namespace landfall::domain

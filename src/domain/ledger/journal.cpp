#include "domain/ledger/journal.hpp"

#include "catalog/tenancy/api_key.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace landfall::domain {
namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr std::chrono::minutes kTouchInterval{1};
constexpr std::size_t kMaxRecords = 100'000;
constexpr std::size_t kMaxShares = 100'000;
constexpr std::size_t kMaxTouched = 10'000;
constexpr std::size_t kMaxCounting = 10'000;
constexpr std::chrono::minutes kCountedTogether{1};
constexpr int kMostTries = 300; ///< of a minute

} // namespace

Journal::Journal(const catalog::Transactor& transactor, const Clock& clock)
    : transactor_(transactor), clock_(clock), thread_([this] { run(); }) {}

Journal::~Journal() {
    {
        const Lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    flush();
}

void Journal::audit(catalog::AuditRow row) {
    const std::string& who = row.principal_id.empty() ? row.ip : row.principal_id;
    const std::string kind = who + '\n' + row.operation_id + '\n' + row.outcome;
    const Lock lock(mutex_);
    if (counting_.size() > kMaxCounting)
        counting_.clear();
    const auto [it, fresh] = counting_.try_emplace(kind, row);
    catalog::AuditRow& record = it->second;
    if (!fresh && row.at - record.at < kCountedTogether) {
        ++record.calls;
        record.duration_us = std::max(record.duration_us, row.duration_us);
    } else if (!fresh) {
        record = std::move(row);
    }
    note(record);
}

void Journal::note(const catalog::AuditRow& record) {
    if (batch_.records.size() >= kMaxRecords && !batch_.records.contains(record.id))
        ++stats_.dropped;
    else
        batch_.records.insert_or_assign(record.id, record);
}

void Journal::count(const Consumer& consumer, catalog::UsageKind kind, std::int64_t amount) {
    using enum catalog::UsageDimension;
    const bool by_key = consumer.asker.starts_with(tag::ApiKey::prefix);
    Shares shares;
    for (const auto& [dimension, id] :
         {std::pair(Project, consumer.project.str()), std::pair(Item, consumer.item.str()),
          std::pair(User, consumer.user.str()), std::pair(Key, by_key ? consumer.asker : std::string())})
        if (!id.empty())
            shares[{consumer.organization, dimension, id, kind}] = amount;
    const Lock lock(mutex_);
    batch_.counts[{consumer.organization, kind}] += amount;
    add_shares(shares);
}

/// Where there is no room for them, the organization's own counts still hold.
void Journal::add_shares(const Shares& shares) {
    for (const auto& [whose, amount] : shares)
        if (batch_.shares.size() < kMaxShares || batch_.shares.contains(whose))
            batch_.shares[whose] += amount;
}

void Journal::touch(const ApiKeyId& key, Timestamp at) {
    const Lock lock(mutex_);
    const auto [it, fresh] = touched_.try_emplace(key, at);
    if (!fresh && at - it->second < kTouchInterval)
        return;
    it->second = at;
    batch_.touches[key] = at;
    if (touched_.size() > kMaxTouched)
        touched_.clear();
}

Journal::Stats Journal::stats() const {
    const Lock lock(mutex_);
    return stats_;
}

void Journal::run() {
    const Lock lock(mutex_);
    for (;;) {
        const auto next = std::chrono::steady_clock::now() + kInterval;
        while (!stopping_ && wake_.wait_until(mutex_, next))
            continue;
        if (stopping_)
            return;
        const Unlock meanwhile(mutex_);
        flush();
    }
}

void Journal::flush() {
    const Lock one_at_a_time(flushing_);
    Batch batch;
    {
        const Lock lock(mutex_);
        std::swap(batch, batch_);
    }
    if (batch.empty())
        return;
    const Status written = write(batch);
    if (written) {
        tries_ = 0;
        return;
    }
    // One record that no database takes must not keep back the others for ever.
    std::size_t given_up = 0;
    if (++tries_ % kMostTries == 0)
        given_up = std::exchange(batch.records, {}).size();
    put_back(std::move(batch), given_up);
    if (tries_ == 1 || given_up > 0)
        spdlog::error("the journal could not be written and is kept for the next try; {} audit records are lost: {} {}",
                      given_up, written.error().message, written.error().cause);
}

Status Journal::write(const Batch& batch) {
    const Timestamp now = clock_.now();
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const Timestamp month(std::chrono::sys_days{today.year() / today.month() / std::chrono::day{1}});
    std::vector<catalog::UsageShareRow> shares;
    for (const auto& [whose, amount] : batch.shares)
        shares.push_back(
            {std::get<0>(whose), month, std::get<1>(whose), std::get<2>(whose), std::get<3>(whose), amount});
    std::vector<catalog::UsageEntry> entries;
    for (const auto& [key, amount] : batch.counts)
        entries.push_back({key.first, key.second, amount, "served", "", now});
    return transactor_.run([&](database::Session& session) -> Status {
        for (const auto& [id, row] : batch.records)
            CHECK_OK(catalog::put_audit(session, row));
        for (const auto& [key, at] : batch.touches)
            CHECK_OK(catalog::touch_api_key(session, key, at));
        CHECK_OK(catalog::add_usage_shares(session, shares));
        return catalog::add_hourly_usage(session, entries);
    });
}

/// Joins a batch that could not be written with what came meanwhile, which is dropped where there is no room.
void Journal::put_back(Batch batch, std::size_t given_up) {
    const Lock lock(mutex_);
    std::swap(batch, batch_);
    for (const auto& [id, record] : batch.records)
        note(record); // it counts on where the earlier one stopped
    for (const auto& [key, amount] : batch.counts)
        batch_.counts[key] += amount;
    add_shares(batch.shares);
    for (const auto& [key, at] : batch.touches)
        batch_.touches[key] = at;
    ++stats_.failures;
    stats_.dropped += given_up;
}

} // namespace landfall::domain

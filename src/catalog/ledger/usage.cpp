#include "catalog/ledger/usage.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

// All writers of an organization's counters queue here in one order, so that no check reads a stale neighbour.
constexpr std::string_view kLockPostgres =
    "SELECT value FROM usage_counter WHERE organization_id = ?1 ORDER BY kind FOR UPDATE";
constexpr std::string_view kGrowEntry = R"(
UPDATE usage_entry SET delta = delta + ?3
WHERE organization_id = ?1 AND kind = ?2 AND at = ?4 AND reason = ?5 AND ref_id = ?6)";
constexpr std::string_view kMoveCounter =
    "UPDATE usage_counter SET value = value + ?3 WHERE organization_id = ?1 AND kind = ?2";
constexpr std::string_view kCounters = sql<select_from<UsageCounterRow>, " WHERE organization_id = ?1">;
constexpr std::string_view kQuota = "SELECT quota_bytes FROM organization WHERE id = ?1";
// Unlimited means 4 EiB, so that no sum of counters leaves 64 bits.
constexpr std::string_view kReserve = R"(
UPDATE usage_counter SET value = value + ?2
WHERE organization_id = ?1 AND kind = 'storage_reserved' AND NOT EXISTS (
    SELECT 1 FROM organization o
    JOIN usage_counter u ON u.organization_id = o.id AND u.kind = 'storage_used'
    JOIN usage_counter r ON r.organization_id = o.id AND r.kind = 'storage_reserved'
    WHERE o.id = ?1 AND ?2 > coalesce(o.quota_bytes, 4611686018427387904) - u.value - r.value))";
constexpr std::string_view kTake = R"(
UPDATE usage_counter SET value = value + ?2
WHERE organization_id = ?1 AND kind = 'storage_used' AND (CAST(?2 AS BIGINT) <= CAST(?4 AS BIGINT) OR NOT EXISTS (
    SELECT 1 FROM organization o
    JOIN usage_counter u ON u.organization_id = o.id AND u.kind = 'storage_used'
    JOIN usage_counter r ON r.organization_id = o.id AND r.kind = 'storage_reserved'
    WHERE o.id = ?1
      AND CAST(?2 AS BIGINT) - CASE WHEN CAST(?2 AS BIGINT) <= CAST(?3 AS BIGINT) THEN 0 ELSE CAST(?3 AS BIGINT) - r.value END
          > coalesce(o.quota_bytes, 4611686018427387904) - u.value)))";
constexpr std::string_view kFullest = R"(
SELECT o.id, u.value, o.quota_bytes FROM organization o
JOIN usage_counter u ON u.organization_id = o.id AND u.kind = 'storage_used'
ORDER BY CASE WHEN o.quota_bytes > 0 THEN CAST(u.value AS DOUBLE PRECISION) / o.quota_bytes
              WHEN o.quota_bytes = 0 THEN 2 ELSE -1 END DESC, u.value DESC, o.id LIMIT ?1)";
constexpr std::string_view kSumSince = R"(
SELECT CAST(coalesce(sum(delta), 0) AS BIGINT) FROM usage_entry WHERE organization_id = ?1 AND kind = ?2 AND at >= ?3)";
/// Of the objects that assets hold: renditions (1), or all others (0).
constexpr std::string_view kMeasure = R"(
SELECT CAST(coalesce(sum(o.size), 0) AS BIGINT) FROM object o WHERE o.organization_id = ?1 AND o.id IN (
    SELECT object_id FROM asset WHERE organization_id = ?1 AND deleted_at IS NULL AND is_rendition = ?2))";

Status lock_counters(Session& session, const OrganizationId& organization) {
    if (session.engine() == Engine::Sqlite)
        return {};
    return session.each(kLockPostgres, [](const Row&) {}, organization);
}

Status append_entry(Session& session, const UsageEntry& entry) {
    return session.execute_later(insert_into<UsageEntry>, insert_values(entry, UsageEntryId::make()));
}

Status grow_entry(Session& session, const UsageEntry& entry) {
    TRY(const auto rows,
        session.run(kGrowEntry, entry.organization_id, entry.kind, entry.delta, entry.at, entry.reason, entry.ref_id));
    return rows > 0 ? Status{} : append_entry(session, entry);
}

Status move_counter(Session& session, const UsageEntry& entry) {
    TRY(const auto rows, session.run(kMoveCounter, entry.organization_id, entry.kind, entry.delta));
    if (rows != 1)
        return fail_internal("no usage counter for organization " + entry.organization_id.str());
    return {};
}

std::int64_t UsageCounters::* counter_of(UsageKind kind) {
    switch (kind) {
    case UsageKind::StorageUsed:
        return &UsageCounters::storage_used;
    case UsageKind::StorageReserved:
        return &UsageCounters::storage_reserved;
    case UsageKind::EgressBytes:
        return &UsageCounters::egress_bytes;
    case UsageKind::TileRequests:
        break;
    }
    return &UsageCounters::tile_requests;
}

UsageEntry entry_of(const StorageReservation& reservation, UsageKind kind, std::int64_t delta) {
    return {reservation.organization_id, kind, delta, reservation.reason, reservation.ref_id, reservation.at};
}

} // namespace

std::optional<std::int64_t> StorageUsage::available() const {
    if (!quota)
        return std::nullopt;
    return std::max<std::int64_t>(0, *quota - used - reserved);
}

/// Records entries in the order in which their counters are locked.
static Status add_entries(Session& session, const std::vector<UsageEntry>& entries,
                          Status (*record)(Session&, const UsageEntry&)) {
    std::vector<const UsageEntry*> sorted;
    for (const UsageEntry& entry : entries)
        if (entry.delta != 0)
            sorted.push_back(&entry);
    std::ranges::stable_sort(sorted, {}, [](const UsageEntry* e) { return e->organization_id; });
    const OrganizationId* locked = nullptr;
    for (const UsageEntry* entry : sorted) {
        if (locked == nullptr || *locked != entry->organization_id)
            CHECK_OK(lock_counters(session, entry->organization_id));
        locked = &entry->organization_id;
        CHECK_OK(record(session, *entry));
        CHECK_OK(move_counter(session, *entry));
    }
    return {};
}

Status add_usage(Session& session, const std::vector<UsageEntry>& entries) {
    return add_entries(session, entries, append_entry);
}

Status add_hourly_usage(Session& session, const std::vector<UsageEntry>& entries) {
    std::vector<UsageEntry> hourly = entries;
    for (UsageEntry& entry : hourly)
        entry.at = std::chrono::floor<std::chrono::hours>(entry.at);
    return add_entries(session, hourly, grow_entry);
}

Result<UsageCounters> read_usage(Session& session, const OrganizationId& organization) {
    TRY(const auto rows, session.all(kCounters, read_as<UsageCounterRow>, organization));
    UsageCounters counters;
    for (const UsageCounterRow& row : rows)
        counters.*counter_of(row.kind) = row.value;
    return counters;
}

Result<StorageUsage> read_storage(Session& session, const OrganizationId& organization) {
    TRY(const UsageCounters counters, read_usage(session, organization));
    TRY(const auto quota, session.first(kQuota, read_as<std::optional<std::int64_t>>, organization));
    return StorageUsage{counters.storage_used, counters.storage_reserved, quota.value_or(std::nullopt)};
}

Result<std::int64_t> sum_usage_since(Session& session, const OrganizationId& organization, UsageKind kind,
                                     Timestamp since) {
    TRY(const auto sum, session.first(kSumSince, read_as<std::int64_t>, organization, kind, since));
    return sum.value_or(0);
}

Result<bool> reserve_storage(Session& session, const StorageReservation& reservation) {
    if (reservation.bytes < 0)
        return fail_internal("a reservation of negative bytes");
    CHECK_OK(lock_counters(session, reservation.organization_id));
    TRY(const auto rows, session.run(kReserve, reservation.organization_id, reservation.bytes));
    if (rows == 0)
        return false;
    if (reservation.bytes != 0)
        CHECK_OK(append_entry(session, entry_of(reservation, UsageKind::StorageReserved, reservation.bytes)));
    return true;
}

Status release_storage(Session& session, const StorageReservation& reservation) {
    return add_usage(session, {entry_of(reservation, UsageKind::StorageReserved, -reservation.bytes)});
}

Result<bool> take_storage(Session& session, const StorageReservation& taken, const HeldStorage& held) {
    if (taken.bytes < 0 || held.reserved < 0)
        return fail_internal("negative bytes to take or to release");
    CHECK_OK(lock_counters(session, taken.organization_id));
    TRY(const auto rows, session.run(kTake, taken.organization_id, taken.bytes, held.reserved, held.promised));
    if (rows == 0)
        return false;
    if (taken.bytes != 0)
        CHECK_OK(append_entry(session, entry_of(taken, UsageKind::StorageUsed, taken.bytes)));
    CHECK_OK(add_usage(session, {entry_of(taken, UsageKind::StorageReserved, -held.reserved)}));
    return true;
}

Result<std::int64_t> measure_renditions(Session& session, const OrganizationId& organization) {
    return session.first(kMeasure, read_as<std::int64_t>, organization, std::int64_t{1}).map([](const auto& bytes) {
        return bytes.value_or(0);
    });
}

Result<std::int64_t> recount_storage(Session& session, const OrganizationId& organization, Timestamp at) {
    CHECK_OK(lock_counters(session, organization));
    TRY(const auto measured, session.first(kMeasure, read_as<std::int64_t>, organization, std::int64_t{0}));
    TRY(const UsageCounters counters, read_usage(session, organization));
    const std::int64_t used = measured.value_or(0);
    CHECK_OK(
        add_usage(session, {{organization, UsageKind::StorageUsed, used - counters.storage_used, "recount", "", at}}));
    return used;
}

Result<std::vector<StorageShare>> list_fullest(Session& session, std::int64_t limit) {
    return session.all(
        kFullest,
        [](const Row& row) { return StorageShare{OrganizationId(row.str(0)), row.integer(1), row.opt_integer(2)}; },
        limit);
}

} // namespace landfall::catalog

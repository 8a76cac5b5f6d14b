#pragma once
/// Usage: a ledger per organization and counters that equal its sums (design.md section 4).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

enum class UsageKind { StorageUsed, StorageReserved, EgressBytes, TileRequests };

constexpr auto enum_names(schema::Of<UsageKind>) {
    return std::array{std::pair{UsageKind::StorageUsed, std::string_view("storage_used")},
                      std::pair{UsageKind::StorageReserved, std::string_view("storage_reserved")},
                      std::pair{UsageKind::EgressBytes, std::string_view("egress_bytes")},
                      std::pair{UsageKind::TileRequests, std::string_view("tile_requests")}};
}

/// The sum of a kind's entries.
struct UsageCounterRow {
    OrganizationId organization_id;
    UsageKind kind = UsageKind::StorageUsed;
    std::int64_t value = 0;
};

constexpr auto columns(Of<UsageCounterRow>) {
    using R = UsageCounterRow;
    using enum Use;
    return table("usage_counter", column("organization_id", &R::organization_id, Key), column("kind", &R::kind, Key),
                 column("value", &R::value));
}

struct UsageEntry {
    OrganizationId organization_id;
    UsageKind kind = UsageKind::StorageUsed;
    std::int64_t delta = 0; ///< bytes or requests; negative gives back
    std::string reason;     ///< e.g. "upload.initiate"
    std::string ref_id;     ///< what caused it: upload, item, asset
    Timestamp at{};
};

constexpr auto columns(Of<UsageEntry>) {
    using R = UsageEntry;
    return table("usage_entry", beside("id"), column("organization_id", &R::organization_id), column("kind", &R::kind),
                 column("delta", &R::delta), column("reason", &R::reason), column("ref_id", &R::ref_id),
                 column("at", &R::at));
}

struct UsageCounters {
    std::int64_t storage_used = 0;
    std::int64_t storage_reserved = 0;
    std::int64_t egress_bytes = 0;
    std::int64_t tile_requests = 0;
};

/// Storage of an organization against its quota.
struct StorageUsage {
    std::int64_t used = 0;
    std::int64_t reserved = 0;
    std::optional<std::int64_t> quota; ///< nothing: unlimited
    /// Bytes that may still be reserved; nothing: unlimited.
    std::optional<std::int64_t> available() const;
};

/// Appends ledger entries and moves the counters by the same amounts. Entries of zero are skipped.
Status add_usage(Session& session, const std::vector<UsageEntry>& entries);
/// The same for what is counted all the time (tiles, egress): amounts of one hour, kind and reason share one entry, at
/// the hour's beginning.
Status add_hourly_usage(Session& session, const std::vector<UsageEntry>& entries);
Result<UsageCounters> read_usage(Session& session, const OrganizationId& organization);
Result<StorageUsage> read_storage(Session& session, const OrganizationId& organization);
/// Sum of a kind's entries since an instant.
Result<std::int64_t> sum_usage_since(Session& session, const OrganizationId& organization, UsageKind kind,
                                     Timestamp since);

struct StorageReservation {
    OrganizationId organization_id;
    std::int64_t bytes = 0;
    std::string reason;
    std::string ref_id;
    Timestamp at{};
};
/// Reserves storage if used + reserved + bytes stays within the quota: one conditional update, race-free on both
/// engines. False: it does not fit and nothing changed. `bytes` must not be negative.
Result<bool> reserve_storage(Session& session, const StorageReservation& reservation);
/// Gives a reservation back.
Status release_storage(Session& session, const StorageReservation& reservation);
/// What is held for bytes that are about to be used.
struct HeldStorage {
    std::int64_t reserved = 0; ///< bytes, released in the same step
    std::int64_t promised = 0; ///< bytes that fit even if the quota was lowered since they were reserved
};
/// The same check for bytes that become used at once (`StorageUsed`): used += bytes and reserved -= held.reserved, if
/// it fits. False: it does not fit and nothing changed.
Result<bool> take_storage(Session& session, const StorageReservation& taken, const HeldStorage& held);

/// Bytes of what was made of uploads (COGs, thumbnails), which no quota counts.
Result<std::int64_t> measure_renditions(Session& session, const OrganizationId& organization);

/// Sets `storage_used` to the bytes that live non-rendition assets hold, each object counted once, by a ledger entry
/// of the difference; gives the new value.
Result<std::int64_t> recount_storage(Session& session, const OrganizationId& organization, Timestamp at);

/// Storage of the organizations that have most of their quota in use; those without one come last, by their bytes.
struct StorageShare {
    OrganizationId organization_id;
    std::int64_t used = 0;
    std::optional<std::int64_t> quota;
};
Result<std::vector<StorageShare>> list_fullest(Session& session, std::int64_t limit);

} // namespace landfall::catalog

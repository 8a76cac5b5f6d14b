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
/// `storage_used`, `storage_reserved`, `egress_bytes`, `tile_requests`.
std::string_view usage_kind_name(UsageKind kind);

struct UsageEntry {
    OrganizationId organization_id;
    UsageKind kind = UsageKind::StorageUsed;
    std::int64_t delta = 0; ///< bytes or requests; negative gives back
    std::string reason;     ///< e.g. "upload.initiate"
    std::string ref_id;     ///< what caused it: upload, item, asset
    Timestamp at{};
};

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

/// Sets `storage_used` to the bytes that live non-rendition assets hold, each object counted once, by a ledger entry
/// of the difference; gives the new value.
Result<std::int64_t> recount_storage(Session& session, const OrganizationId& organization, Timestamp at);

} // namespace landfall::catalog

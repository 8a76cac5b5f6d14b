#pragma once
/// How long an organization keeps its items, and what becomes of them then. Contract: geopera.md section 7.8,
/// extensions.md "Lifecycle".

#include "catalog/items/item.hpp"
#include "catalog/tenancy/subscription.hpp"
#include "core/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace landfall::domain {

/// States of an item.
namespace lifecycle {
inline constexpr std::string_view kActive = "active";
inline constexpr std::string_view kExpiring = "expiring";
inline constexpr std::string_view kArchived = "archived";
inline constexpr std::string_view kExpired = "expired";
inline constexpr std::string_view kDeleted = "deleted";
} // namespace lifecycle

/// The warning takes the last days of a retention, at most so many.
inline constexpr std::chrono::days kWarning{7};
/// What a stricter retention leaves to items that are there already, at least.
inline constexpr std::chrono::days kGrace{7};
/// From expired to deleted.
inline constexpr std::chrono::days kExpiredKept{30};

using Retention = catalog::RetentionTerms;

/// The warning of a retention.
std::chrono::days warning_of(const Retention& retention);

/// When an item's retention ends, as its state and next step tell; nothing: never, or it has ended.
std::optional<Timestamp> retention_end(const catalog::ItemRow& item, const Retention& retention);

/// Gives a new item its first step.
void begin_retention(catalog::ItemRow& item, const Retention& retention);
/// Makes an item active that was not, for `kGrace` at least.
void reactivate(catalog::ItemRow& item, const Retention& retention, Timestamp now);
/// The same for one that comes back by itself: on the free plan it is expired if its retention is over, as if it had
/// become so now.
void renew_retention(catalog::ItemRow& item, const Retention& retention, Timestamp now);

enum class LifecycleStep { Expiring, Expired, Archived, Deleted };
/// Takes the step that is due at `at`; nothing if none is. Of Deleted it only tells: whoever calls deletes the item.
std::optional<LifecycleStep> take_step(catalog::ItemRow& item, const Retention& retention, Timestamp at);

/// Which way a new retention differs from the one before; nothing if it does not.
std::optional<catalog::RetentionChange> change_between(const Retention& before, const Retention& after);
/// Gives an item that was there when the retention changed what it has by the new one. Repeating it changes nothing.
/// False if nothing changed.
bool follow_change(catalog::ItemRow& item, const Retention& retention, catalog::RetentionChange change, Timestamp at);

} // namespace landfall::domain

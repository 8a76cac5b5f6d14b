#include "domain/items/retention.hpp"

#include <algorithm>
#include <tuple>

namespace landfall::domain {
namespace {

using catalog::Plan;
using catalog::RetentionChange;
using std::chrono::days;

std::optional<Timestamp> end_by_age(const catalog::ItemRow& item, const Retention& retention) {
    return retention.days ? std::optional(item.created_at + days(*retention.days)) : std::nullopt;
}

/// Active until a retention ends (nothing: for ever). One that was warned stays so where the warning is due.
void keep_until(catalog::ItemRow& item, const Retention& retention, std::optional<Timestamp> end, Timestamp now) {
    const bool free = retention.plan == Plan::Free;
    const bool stays_warned =
        free && end && item.lifecycle_state == lifecycle::kExpiring && *end - warning_of(retention) <= now;
    item.lifecycle_state = stays_warned ? lifecycle::kExpiring : lifecycle::kActive;
    item.archived_at.reset();
    item.expires_at = end && free && !stays_warned ? *end - warning_of(retention) : end;
}

} // namespace

days warning_of(const Retention& retention) {
    return std::min(kWarning, days(retention.days.value_or(kWarning.count())));
}

std::optional<Timestamp> retention_end(const catalog::ItemRow& item, const Retention& retention) {
    const bool active = item.lifecycle_state == lifecycle::kActive;
    if (!item.expires_at || (!active && item.lifecycle_state != lifecycle::kExpiring))
        return std::nullopt;
    return active && retention.plan == Plan::Free ? *item.expires_at + warning_of(retention) : *item.expires_at;
}

void begin_retention(catalog::ItemRow& item, const Retention& retention) {
    keep_until(item, retention, end_by_age(item, retention), item.created_at);
}

void reactivate(catalog::ItemRow& item, const Retention& retention, Timestamp now) {
    const auto end = end_by_age(item, retention);
    keep_until(item, retention, end ? std::optional(std::max(*end, now + kGrace)) : end, now);
}

void renew_retention(catalog::ItemRow& item, const Retention& retention, Timestamp now) {
    const auto end = end_by_age(item, retention);
    if (retention.plan == Plan::Paid) {
        reactivate(item, retention, now);
    } else if (!end || *end > now) {
        keep_until(item, retention, end, now);
    } else {
        item.lifecycle_state = lifecycle::kExpired;
        item.expires_at = now + kExpiredKept;
    }
}

std::optional<LifecycleStep> take_step(catalog::ItemRow& item, const Retention& retention, Timestamp at) {
    if (!item.expires_at || *item.expires_at > at)
        return std::nullopt;
    if (item.lifecycle_state == lifecycle::kExpired) {
        item.expires_at.reset();
        return LifecycleStep::Deleted;
    }
    if (item.lifecycle_state == lifecycle::kExpiring) {
        item.lifecycle_state = lifecycle::kExpired;
        item.expires_at = *item.expires_at + kExpiredKept;
        return LifecycleStep::Expired;
    }
    if (item.lifecycle_state == lifecycle::kActive && retention.plan == Plan::Free) {
        item.lifecycle_state = lifecycle::kExpiring;
        item.expires_at = *item.expires_at + warning_of(retention);
        return LifecycleStep::Expiring;
    }
    if (item.lifecycle_state == lifecycle::kActive)
        item.archived_at = at;
    item.lifecycle_state = lifecycle::kArchived;
    item.expires_at.reset();
    return LifecycleStep::Archived;
}

std::optional<RetentionChange> change_between(const Retention& before, const Retention& after) {
    if (before.plan == after.plan && before.days == after.days)
        return std::nullopt;
    const bool shorter = after.days && (!before.days || *after.days < *before.days);
    const bool to_free = before.plan == Plan::Paid && after.plan == Plan::Free;
    return shorter || to_free ? RetentionChange::Stricter : RetentionChange::Looser;
}

bool follow_change(catalog::ItemRow& item, const Retention& retention, RetentionChange change, Timestamp at) {
    if (item.created_at > at)
        return false; // made under it
    const auto before = std::tuple(item.lifecycle_state, item.expires_at, item.archived_at);
    auto end = end_by_age(item, retention);
    if (item.lifecycle_state == lifecycle::kArchived) {
        item.expires_at.reset();
    } else if (item.lifecycle_state == lifecycle::kExpired) {
        if (retention.plan == Plan::Paid || !end || *end > at)
            renew_retention(item, retention, at);
    } else {
        if (end)
            end = std::max(*end, change == RetentionChange::Stricter ? at + kGrace
                                                                     : retention_end(item, retention).value_or(*end));
        keep_until(item, retention, end, at);
    }
    return before != std::tuple(item.lifecycle_state, item.expires_at, item.archived_at);
}

} // namespace landfall::domain

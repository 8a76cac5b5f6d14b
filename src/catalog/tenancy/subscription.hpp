#pragma once
/// What an organization has subscribed to: its plan, and how its items follow changes of it.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "schema/fields.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::catalog {

/// What becomes of items at the end of their retention.
enum class Plan { Free, Paid };

constexpr auto enum_names(schema::Of<Plan>) {
    return std::array{std::pair{Plan::Free, std::string_view("free")}, std::pair{Plan::Paid, std::string_view("paid")}};
}

/// Which way plan or retention changed.
enum class RetentionChange { Stricter, Looser };

constexpr auto enum_names(schema::Of<RetentionChange>) {
    return std::array{std::pair{RetentionChange::Stricter, std::string_view("stricter")},
                      std::pair{RetentionChange::Looser, std::string_view("looser")}};
}

/// An organization without a row has the defaults.
struct SubscriptionRow {
    OrganizationId organization_id;
    Plan plan = Plan::Paid;
    std::optional<std::int64_t> credits_limit;       ///< what its jobs may spend; nothing: unlimited
    std::optional<RetentionChange> retention_change; ///< that not all of its items follow yet
    std::optional<Timestamp> retention_changed_at;   ///< the last time
};

constexpr auto columns(Of<SubscriptionRow>) {
    using R = SubscriptionRow;
    using enum Use;
    return table("subscription", column("organization_id", &R::organization_id, Key), column("plan", &R::plan, Mutable),
                 column("credits_limit", &R::credits_limit, Mutable),
                 column("retention_change", &R::retention_change, Mutable),
                 column("retention_changed_at", &R::retention_changed_at, Mutable));
}

/// The defaults if there is none.
Result<SubscriptionRow> find_subscription(Session& session, const OrganizationId& organization);
/// The same with the organization's row locked against other writers until the transaction ends (PostgreSQL; SQLite has
/// one writer).
Result<SubscriptionRow> lock_subscription(Session& session, const OrganizationId& organization);
/// Writes it, whether there is one or not.
Status put_subscription(Session& session, const SubscriptionRow& row);
/// Organizations with items that do not follow a change of retention yet.
Result<std::vector<OrganizationId>> list_retention_changes(Session& session);
/// Notes that all items follow the change of that time, unless there was another one since.
Status end_retention_change(Session& session, const OrganizationId& organization, Timestamp changed_at);

/// By what an organization's items are kept.
struct RetentionTerms {
    Plan plan = Plan::Paid;
    std::optional<std::int64_t> days; ///< nothing: for ever
};
/// Those of the organization as it is; the defaults for one that there is not.
Result<RetentionTerms> find_retention_terms(Session& session, const OrganizationId& organization);

} // namespace landfall::catalog

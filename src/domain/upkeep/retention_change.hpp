#pragma once
/// Changes of plan and retention, and the items that follow them. Contract: geopera.md section 7.8, extensions.md
/// "Lifecycle".

#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/subscription.hpp"
#include "domain/context.hpp"
#include "domain/items/retention.hpp"

#include <optional>
#include <stop_token>

namespace landfall::domain {

/// A century.
inline constexpr std::int64_t kMostRetentionDays = 36'500;

/// Sets plan and retention of rows that the caller has locked and stores then, and notes that items have to follow.
/// InvalidArgument unless a retention has 1 to `kMostRetentionDays` days.
Status set_retention(catalog::OrganizationRow& organization, catalog::SubscriptionRow& subscription,
                     const Retention& retention, Timestamp now);

/// Has the items of an organization follow its last change, in transactions that never hold the writer for long. Until
/// that is done no item of it takes a step.
Status follow_retention(const catalog::Transactor& transactor, const Clock& clock, const OrganizationId& organization,
                        const std::stop_token& stop);
/// The same for all organizations.
Status follow_retentions(const catalog::Transactor& transactor, const Clock& clock, const std::stop_token& stop);

/// Sets the retention of an organization within a call, for its admins; nothing: off. Where it has many items, the
/// server goes on with them afterwards.
Result<catalog::OrganizationRow> change_retention(Context& cx, const OrganizationId& organization,
                                                  std::optional<std::int64_t> days);

} // namespace landfall::domain

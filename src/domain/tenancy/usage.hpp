#pragma once
/// What an organization uses. Contract: geopera.md section 7.3, operations.json usage.*.

#include "catalog/ledger/catalog_use.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/ledger/usage_history.hpp"
#include "catalog/ledger/usage_share.hpp"
#include "core/time.hpp"
#include "domain/context.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

struct CurrentUsage {
    Timestamp period_start, period_end; ///< the calendar month in UTC; the end is exclusive
    catalog::StorageUsage storage;
    std::int64_t rendition_bytes = 0; ///< beside `storage`
    catalog::CatalogUse catalog;
    std::int64_t tile_requests = 0;            ///< this month
    std::int64_t egress_bytes = 0;             ///< this month
    std::int64_t jobs = 0;                     ///< of this month
    std::int64_t credits_used = 0;             ///< this month
    std::int64_t credits_reserved = 0;         ///< by jobs that have not ended
    std::optional<std::int64_t> credits_limit; ///< nothing: unlimited
};
/// For members of the organization.
Result<CurrentUsage> current_usage(Context& cx, const OrganizationId& organization);

/// A month's usage.
struct UsageOfMonth {
    std::string month; ///< `2026-11`
    catalog::MonthlyUsage usage;
};
/// Of so many calendar months in UTC, this one being the last. For members of the organization.
Result<std::vector<UsageOfMonth>> usage_history(Context& cx, const OrganizationId& organization, std::int64_t months);

/// `2026-11`: the beginning of that month in UTC. InvalidArgument for anything else.
Result<Timestamp> parse_month(const std::string& text);
/// Whose the usage is, of projects, users, keys or items. For members of the organization.
Result<catalog::UsageSharePage> break_down_usage(Context& cx, const catalog::UsageShares& wanted);

/// What the caller's organization takes of the catalog now, for `check_catalog_share`; nothing where there is no limit.
Result<std::optional<catalog::CatalogUse>> measure_catalog(Context& cx);
/// PaymentRequired if what the transaction made since `before` is more than the organization may have: all but what is
/// deleted within the limit, and with it within twice the limit. Whatever makes it smaller passes.
Status check_catalog_share(Context& cx, const catalog::CatalogUse& before);

struct Recount {
    std::int64_t previous_bytes = 0;
    std::int64_t storage_bytes = 0;
};
/// Sets the used storage to what the live assets hold. For organization admins.
Result<Recount> recalculate_storage(Context& cx, const OrganizationId& organization);

} // namespace landfall::domain

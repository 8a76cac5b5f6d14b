#include "domain/tenancy/usage.hpp"

#include "catalog/tenancy/subscription.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/processing_job.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/tenancy/access.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

using std::chrono::year_month;

/// The month in UTC that an instant lies in.
year_month month_of(Timestamp at) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
    return {day.year(), day.month()};
}

Timestamp beginning_of(year_month month) {
    return Timestamp(std::chrono::sys_days{month / std::chrono::day{1}});
}

} // namespace

Result<CurrentUsage> current_usage(Context& cx, const OrganizationId& id) {
    TRY(const auto organization, require_organization(cx, id, OrganizationRole::Member));
    CurrentUsage usage;
    usage.period_start = beginning_of(month_of(cx.now));
    usage.period_end = beginning_of(month_of(cx.now) + std::chrono::months{1});
    TRY(const auto subscription, catalog::find_subscription(cx.session, organization.id));
    usage.credits_limit = subscription.credits_limit;
    TRY(const auto credits, catalog::read_credits(cx.session, organization.id, usage.period_start));
    usage.credits_used = credits.settled;
    usage.credits_reserved = credits.reserved;
    TRY(usage.storage, catalog::read_storage(cx.session, organization.id));
    TRY(usage.rendition_bytes, catalog::measure_renditions(cx.session, organization.id));
    TRY(usage.tile_requests,
        catalog::sum_usage_since(cx.session, organization.id, catalog::UsageKind::TileRequests, usage.period_start));
    TRY(usage.egress_bytes,
        catalog::sum_usage_since(cx.session, organization.id, catalog::UsageKind::EgressBytes, usage.period_start));
    TRY(usage.catalog, catalog::read_catalog_use(cx.session, organization.id));
    TRY(usage.jobs, catalog::count_jobs_since(cx.session, organization.id, usage.period_start));
    return usage;
}

Result<std::vector<UsageOfMonth>> usage_history(Context& cx, const OrganizationId& id, std::int64_t months) {
    TRY(const auto organization, require_organization(cx, id, OrganizationRole::Member));
    const year_month last = month_of(cx.now);
    std::vector<Timestamp> instants;
    for (std::int64_t back = months - 1; back >= -1; --back)
        instants.push_back(beginning_of(last - std::chrono::months{back}));
    TRY(const auto usages, catalog::read_usage_between(cx.session, organization.id, instants));
    std::vector<UsageOfMonth> history;
    for (std::size_t i = 0; i < usages.size(); ++i)
        history.push_back({format_rfc3339(instants[i]).substr(0, 7), usages[i]});
    return history;
}

Result<Timestamp> parse_month(const std::string& text) {
    const auto beginning = text.size() == 7 ? parse_rfc3339(text + "-01T00:00:00Z") : Result<Timestamp>(Timestamp{});
    if (text.size() != 7 || !beginning)
        return fail_field("month", "A month reads like 2026-11");
    return *beginning;
}

Result<catalog::UsageSharePage> break_down_usage(Context& cx, const catalog::UsageShares& wanted) {
    CHECK_OK(require_organization(cx, wanted.organization_id, OrganizationRole::Member));
    catalog::UsageShares shares = wanted;
    if (shares.month == Timestamp{})
        shares.month = beginning_of(month_of(cx.now));
    return catalog::list_usage_shares(cx.session, shares);
}

Result<std::optional<catalog::CatalogUse>> measure_catalog(Context& cx) {
    if (cx.services.settings.limits.catalog_bytes_per_organization == 0 || cx.principal.organization_id.empty())
        return std::nullopt;
    return catalog::read_catalog_use(cx.session, cx.principal.organization_id);
}

Status check_catalog_share(Context& cx, const catalog::CatalogUse& before) {
    TRY(const auto use, catalog::read_catalog_use(cx.session, cx.principal.organization_id));
    const std::int64_t most = cx.services.settings.limits.catalog_bytes_per_organization;
    const bool fits = use.total - use.deleted <= most && use.total / 2 <= most;
    if (fits || use.live <= before.live)
        return {};
    return fail(Code::PaymentRequired,
                fmt::format("The organization's items, jobs and records take {} of the {} bytes of the catalog that "
                            "they may. Delete items, or ask the server's operator for more "
                            "(limits.catalog_bytes_per_organization)",
                            before.total - before.deleted, most));
}

Result<Recount> recalculate_storage(Context& cx, const OrganizationId& id) {
    TRY(const auto organization, require_organization(cx, id, OrganizationRole::Admin));
    Recount recount;
    TRY(const auto before, catalog::read_storage(cx.session, organization.id));
    recount.previous_bytes = before.used;
    TRY(recount.storage_bytes, catalog::recount_storage(cx.session, organization.id, cx.now));
    cx.touch(organization.id.str());
    return recount;
}

} // namespace landfall::domain

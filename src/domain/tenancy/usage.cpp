#include "domain/tenancy/usage.hpp"

#include "catalog/work/job.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/tenancy/access.hpp"

namespace landfall::domain {

Result<CurrentUsage> current_usage(Context& cx, const OrganizationId& id) {
    using namespace std::chrono;
    TRY(const auto organization, require_organization(cx, id, OrganizationRole::Member));
    CurrentUsage usage;
    const year_month_day today{floor<days>(cx.now)};
    const year_month month{today.year(), today.month()};
    usage.period_start = Timestamp(sys_days{month / day{1}});
    usage.period_end = Timestamp(sys_days{(month + months{1}) / day{1}});
    TRY(usage.storage, catalog::read_storage(cx.session, organization.id));
    TRY(usage.rendition_bytes, catalog::measure_renditions(cx.session, organization.id));
    TRY(usage.tile_requests,
        catalog::sum_usage_since(cx.session, organization.id, catalog::UsageKind::TileRequests, usage.period_start));
    TRY(usage.egress_bytes,
        catalog::sum_usage_since(cx.session, organization.id, catalog::UsageKind::EgressBytes, usage.period_start));
    catalog::JobList jobs;
    jobs.organization_id = organization.id;
    jobs.limit = 1;
    TRY(const auto page, catalog::list_jobs(cx.session, jobs));
    usage.jobs = page.total;
    return usage;
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

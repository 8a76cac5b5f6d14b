#include "domain/tenancy/usage.hpp"

#include "domain/ledger/journal.hpp"
#include "domain/transact.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct UsageCurrentInput {
    OrganizationId organization_id;
};
constexpr auto describe(schema::Of<UsageCurrentInput>) {
    return schema::fields(schema::field("organization_id", &UsageCurrentInput::organization_id, {.required = true}));
}

struct StorageUsage {
    std::int64_t used_bytes = 0, reserved_bytes = 0;
    std::optional<std::int64_t> quota_bytes;
};
constexpr auto describe(schema::Of<StorageUsage>) {
    using schema::field;
    using T = StorageUsage;
    return schema::fields(field("used_bytes", &T::used_bytes, {.required = true}),
                          field("reserved_bytes", &T::reserved_bytes, {.text = "Of open uploads", .required = true}),
                          field("quota_bytes", &T::quota_bytes, {.text = "null: unlimited"}));
}

struct RenditionsUsage {
    std::int64_t bytes = 0;
};
constexpr auto describe(schema::Of<RenditionsUsage>) {
    return schema::fields(schema::field(
        "bytes", &RenditionsUsage::bytes,
        {.text = "Of COGs and thumbnails made of uploads; the quota does not count them", .required = true}));
}

struct CatalogUsage {
    std::int64_t used_bytes = 0, deleted_bytes = 0;
    std::optional<std::int64_t> limit_bytes;
};
constexpr auto describe(schema::Of<CatalogUsage>) {
    using schema::field;
    using T = CatalogUsage;
    return schema::fields(
        field("used_bytes", &T::used_bytes,
              {.text = "Of items, assets, jobs, records and the like, without files", .required = true}),
        field("deleted_bytes", &T::deleted_bytes,
              {.text = "Of what was deleted and is not yet purged; it has a limit of its own", .required = true}),
        field("limit_bytes", &T::limit_bytes, {.text = "null: unlimited"}));
}

struct TilesUsage {
    std::int64_t requests = 0;
};
constexpr auto describe(schema::Of<TilesUsage>) {
    return schema::fields(schema::field("requests", &TilesUsage::requests, {.required = true}));
}
struct EgressUsage {
    std::int64_t bytes = 0;
};
constexpr auto describe(schema::Of<EgressUsage>) {
    return schema::fields(schema::field("bytes", &EgressUsage::bytes, {.required = true}));
}
struct CreditsUsage {
    std::int64_t used = 0, reserved = 0;
    std::optional<std::int64_t> limit;
};
constexpr auto describe(schema::Of<CreditsUsage>) {
    return schema::fields(
        schema::field("used", &CreditsUsage::used, {.text = "This month", .required = true}),
        schema::field("reserved", &CreditsUsage::reserved, {.text = "By jobs that have not ended", .required = true}),
        schema::field("limit", &CreditsUsage::limit, {.text = "null: unlimited"}));
}
struct JobsUsage {
    std::int64_t total = 0;
};
constexpr auto describe(schema::Of<JobsUsage>) {
    return schema::fields(schema::field("total", &JobsUsage::total, {.required = true}));
}

struct UsageCurrentOutput {
    OrganizationId organization_id;
    Timestamp period_start{}, period_end{};
    StorageUsage storage;
    RenditionsUsage renditions;
    CatalogUsage catalog;
    TilesUsage tiles;
    EgressUsage egress;
    CreditsUsage credits;
    JobsUsage jobs;
};
constexpr auto describe(schema::Of<UsageCurrentOutput>) {
    using schema::field;
    using T = UsageCurrentOutput;
    return schema::fields(
        field("organization_id", &T::organization_id, {.required = true}),
        field("period_start", &T::period_start, {.required = true}),
        field("period_end", &T::period_end, {.text = "Exclusive", .required = true}),
        field("storage", &T::storage, {.required = true}), field("renditions", &T::renditions, {.required = true}),
        field("catalog", &T::catalog, {.required = true}), field("tiles", &T::tiles, {.required = true}),
        field("egress", &T::egress, {.required = true}), field("credits", &T::credits, {.required = true}),
        field("jobs", &T::jobs, {.required = true}));
}

constexpr OperationSpec kCurrent{
    .id = "usage.current",
    .scope = "usage:read",
    .side_effect = SideEffect::Read,
    .summary = "What the organization uses of its storage, and this month's tiles and egress.",
};

Result<UsageCurrentOutput> current(domain::Call& call, const UsageCurrentInput& in) {
    call.services.journal.flush();
    return domain::in_snapshot(call, [&](domain::Context& cx) -> Result<UsageCurrentOutput> {
        TRY(const auto usage, domain::current_usage(cx, in.organization_id));
        UsageCurrentOutput out;
        out.organization_id = in.organization_id;
        out.period_start = usage.period_start;
        out.period_end = usage.period_end;
        out.storage = {usage.storage.used, usage.storage.reserved, usage.storage.quota};
        out.renditions.bytes = usage.rendition_bytes;
        out.catalog = {usage.catalog.total - usage.catalog.deleted, usage.catalog.deleted};
        if (const auto most = call.services.settings.limits.catalog_bytes_per_organization; most > 0)
            out.catalog.limit_bytes = most;
        out.tiles.requests = usage.tile_requests;
        out.egress.bytes = usage.egress_bytes;
        out.credits = {usage.credits_used, usage.credits_reserved, usage.credits_limit};
        out.jobs.total = usage.jobs;
        return out;
    });
}

struct UsageHistoryInput {
    OrganizationId organization_id;
    std::int64_t months = 3;
};
constexpr auto describe(schema::Of<UsageHistoryInput>) {
    using schema::field;
    using T = UsageHistoryInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("months", &T::months, {.text = "This one is the last", .min = 1, .max = 24}));
}

struct UsageMonth {
    std::string month;
    std::int64_t tile_requests = 0, peak_storage_bytes = 0, egress_bytes = 0;
};
constexpr auto describe(schema::Of<UsageMonth>) {
    using schema::field;
    using T = UsageMonth;
    return schema::fields(field("month", &T::month, {.text = "2026-11, in UTC", .required = true}),
                          field("tile_requests", &T::tile_requests, {.required = true}),
                          field("peak_storage_bytes", &T::peak_storage_bytes, {.required = true}),
                          field("egress_bytes", &T::egress_bytes, {.required = true}));
}

struct UsageHistoryOutput {
    OrganizationId organization_id;
    std::vector<UsageMonth> months;
};
constexpr auto describe(schema::Of<UsageHistoryOutput>) {
    using schema::field;
    using T = UsageHistoryOutput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("months", &T::months, {.text = "Oldest first", .required = true}));
}

constexpr OperationSpec kHistory{
    .id = "usage.history",
    .scope = "usage:read",
    .side_effect = SideEffect::Read,
    .summary = "Tiles, egress and the most storage of each of the last calendar months.",
};

Result<UsageHistoryOutput> history(domain::Call& call, const UsageHistoryInput& in) {
    call.services.journal.flush();
    return domain::in_snapshot(call, [&](domain::Context& cx) -> Result<UsageHistoryOutput> {
        TRY(const auto months, domain::usage_history(cx, in.organization_id, in.months));
        UsageHistoryOutput out{in.organization_id, {}};
        for (const auto& [month, usage] : months)
            out.months.push_back({month, usage.tile_requests, usage.peak_storage_bytes, usage.egress_bytes});
        return out;
    });
}

struct UsageBreakdownInput {
    OrganizationId organization_id;
    catalog::UsageDimension by = catalog::UsageDimension::Project;
    std::optional<std::string> month;
    std::int64_t limit = 100, offset = 0;
};
constexpr auto describe(schema::Of<UsageBreakdownInput>) {
    using schema::field;
    using T = UsageBreakdownInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("by", &T::by, {.required = true}),
                          field("month", &T::month, {.text = "2026-11, in UTC; this one if absent"}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct UsageShare {
    std::string id;
    std::optional<std::string> name;
    std::int64_t storage_bytes = 0, egress_bytes = 0, tiles = 0;
};
constexpr auto describe(schema::Of<UsageShare>) {
    using schema::field;
    using T = UsageShare;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("name", &T::name, {.text = "null once it is gone"}),
        field("storage_bytes", &T::storage_bytes,
              {.text = "Now, whatever the month; files that several share count for each", .required = true}),
        field("egress_bytes", &T::egress_bytes, {.required = true}), field("tiles", &T::tiles, {.required = true}));
}

struct UsageBreakdownOutput {
    std::vector<UsageShare> rows;
    std::int64_t total = 0;
};
constexpr auto describe(schema::Of<UsageBreakdownOutput>) {
    using schema::field;
    using T = UsageBreakdownOutput;
    return schema::fields(field("rows", &T::rows, {.text = "The largest first", .required = true}),
                          field("total", &T::total, {.text = "Before limit and offset", .required = true}));
}

constexpr OperationSpec kBreakdown{
    .id = "usage.breakdown",
    .scope = "usage:read",
    .side_effect = SideEffect::Read,
    .summary = "What each project, user, API key or item uses.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<UsageBreakdownOutput> break_down(domain::Call& call, const UsageBreakdownInput& in) {
    call.services.journal.flush();
    catalog::UsageShares wanted{in.organization_id, in.by, {}, in.limit, in.offset};
    if (in.month) {
        TRY(wanted.month, domain::parse_month(*in.month));
    }
    return domain::in_snapshot(call, [&](domain::Context& cx) -> Result<UsageBreakdownOutput> {
        TRY(auto page, domain::break_down_usage(cx, wanted));
        UsageBreakdownOutput out{{}, page.total};
        for (auto& share : page.shares)
            out.rows.push_back(
                {std::move(share.id), std::move(share.name), share.storage_bytes, share.egress_bytes, share.tiles});
        return out;
    });
}

using RecalculateInput = schema::Named<UsageCurrentInput, "RecalculateInput">;

struct RecalculateOutput {
    OrganizationId organization_id;
    std::int64_t previous_bytes = 0, storage_bytes = 0, delta_bytes = 0;
};
constexpr auto describe(schema::Of<RecalculateOutput>) {
    using schema::field;
    using T = RecalculateOutput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("previous_bytes", &T::previous_bytes, {.required = true}),
                          field("storage_bytes", &T::storage_bytes, {.required = true}),
                          field("delta_bytes", &T::delta_bytes, {.required = true}));
}

constexpr OperationSpec kRecalculate{
    .id = "usage.recalculate_storage",
    .scope = "usage:write",
    .side_effect = SideEffect::Compute,
    .summary = "Recompute the used storage from the live assets.",
};

Result<RecalculateOutput> recalculate(domain::Context& cx, const RecalculateInput& in) {
    TRY(const auto recount, domain::recalculate_storage(cx, in.organization_id));
    return RecalculateOutput{in.organization_id, recount.previous_bytes, recount.storage_bytes,
                             recount.storage_bytes - recount.previous_bytes};
}

} // namespace

void add_usage(Registry& registry) {
    registry.free_read(kCurrent, current);
    registry.free_read(kHistory, history, Pace::Search);
    registry.free_read(kBreakdown, break_down, Pace::Search);
    registry.write(kRecalculate, recalculate);
}

} // namespace landfall::operations

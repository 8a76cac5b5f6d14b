#include "domain/processing/jobs.hpp"

#include "catalog/items/item.hpp"
#include "catalog/work/job_link.hpp"
#include "core/network.hpp"
#include "core/text.hpp"
#include "domain/items/lineage.hpp"
#include "domain/processing/credits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

using catalog::JobState;

constexpr std::size_t kMostQuoted = 100;
constexpr std::size_t kUserAgentBytes = 500;

bool has_ended(JobState state) {
    return state != JobState::Pending && state != JobState::Running;
}

tl::unexpected<Error> no_such_job() {
    return fail(Code::NotFound, "There is no such job");
}

Result<catalog::ProcessingJob> find_again(Context& cx, const catalog::ProcessingJobRow& row) {
    TRY(auto job, catalog::find_processing_job(cx.session, row.organization_id, row.id));
    return job ? Result<catalog::ProcessingJob>(*std::move(job)) : no_such_job();
}

/// The order of a job that was made before, to be checked against what is there now.
Result<ProcessOrder> order_of(const catalog::ProcessingJobRow& row) {
    ProcessOrder order;
    order.project_id = row.project_id;
    order.source_item_id = row.source_item_id;
    order.name = row.name;
    order.was_checked = true;
    TRY(order.parameters, Json::parse(row.parameters));
    if (row.aoi_geometry)
        order.parameters.set("aoi_geometry", Json::object());
    return order;
}

/// Puts an order into the catalog.
Result<PlannedJob> place_order(Context& cx, const Process& process, const ProcessOrder& order) {
    TRY(PlannedJob planned, process.plan(cx, order));
    catalog::ProcessingJobRow& row = planned.row;
    CHECK_OK(check_credits(cx, row.organization_id, row.credits));
    row.id = JobId::make();
    row.created_by = cx.principal.user_id;
    row.created_at = cx.now;
    CHECK_OK(catalog::insert_processing_job(cx.session, row));
    cx.artifact_produced = true;
    for (const auto& input : planned.inputs)
        if (input.type == "item")
            CHECK_OK(record_origin(cx, {"processing_job", row.id.str()}, input));
    cx.keep_caches();
    cx.touch(row.id.str());
    return planned;
}

} // namespace

Result<catalog::ProcessingJob> create_job(Context& cx, const Process& process, const ProcessOrder& order) {
    TRY(const PlannedJob planned, place_order(cx, process, order));
    return find_again(cx, planned.row);
}

Result<catalog::ProcessingJob> begin_job(Context& cx, const Process& process, const ProcessOrder& order) {
    TRY(PlannedJob planned, place_order(cx, process, order));
    CHECK_OK(process.enqueue(cx, planned));
    planned.row.dispatched_at = cx.now;
    CHECK_OK(catalog::update_processing_job(cx.session, planned.row));
    return find_again(cx, planned.row);
}

Result<catalog::ProcessingJob> dispatch_job(Context& cx, const JobId& id) {
    TRY(auto job, require_job(cx, id, ProjectRole::Editor));
    catalog::ProcessingJobRow& row = job.order;
    const JobState state = job.queue.state;
    const bool waits = !row.dispatched_at && !row.cancelled_at;
    if (!waits && (!has_ended(state) || state == JobState::Completed))
        return fail(Code::Conflict, fmt::format("The job is {}; only one that waits to be dispatched, failed or was "
                                                "cancelled can be dispatched",
                                                status_of(state)));
    TRY(const Process* const process, find_process(row.process));
    TRY(const ProcessOrder order, order_of(row));
    TRY(PlannedJob planned, process->plan(cx, order));
    if (!waits)
        CHECK_OK(check_credits(cx, row.organization_id, row.credits));
    planned.row = row;
    if (!row.dispatched_at) {
        CHECK_OK(process->enqueue(cx, planned));
    } else {
        TRY(const bool restarted, catalog::restart_job(cx.session, row.organization_id, row.id, cx.now));
        if (!restarted)
            return fail_race("The job changed at the same time; read it again and repeat the call");
        cx.transaction.queued_jobs();
    }
    row.dispatched_at = cx.now;
    row.cancelled_at.reset();
    CHECK_OK(catalog::update_processing_job(cx.session, row));
    cx.keep_caches();
    cx.touch(row.id.str());
    return find_again(cx, row);
}

Result<std::int64_t> price_job(Context& cx, const Process& process, const ProcessOrder& order) {
    return process.plan(cx, order).map([](const PlannedJob& planned) { return planned.row.credits; });
}

Result<catalog::ProcessingJob> require_job(Context& cx, const JobId& id, ProjectRole role,
                                           std::optional<std::string_view> process) {
    TRY(auto job, catalog::find_processing_job(cx.session, cx.principal.organization_id, id));
    if (!job || (process && job->order.process != *process))
        return no_such_job();
    CHECK_OK(require_project(cx, job->order.project_id, role));
    return *std::move(job);
}

Status delete_job(Context& cx, const JobId& id, std::optional<std::string_view> process) {
    TRY(auto job, require_job(cx, id, ProjectRole::Editor, process));
    catalog::ProcessingJobRow& row = job.order;
    cx.keep_caches();
    cx.touch(row.id.str());
    if (has_ended(job.queue.state))
        return catalog::delete_processing_job(cx.session, row.organization_id, row.id, cx.now);
    if (!row.dispatched_at) {
        row.cancelled_at = cx.now;
        return catalog::update_processing_job(cx.session, row);
    }
    TRY(const bool cancelled, catalog::cancel_job(cx.session, row.organization_id, row.id, cx.now));
    return cancelled ? Status() : fail_race("The job ended at the same time; read it again and repeat the call");
}

Result<std::vector<ItemId>> output_items(database::Session& session, const JobId& id) {
    TRY(const auto links, catalog::list_job_links(session, id, catalog::JobRole::Output));
    std::vector<ItemId> items;
    for (const auto& entity : links)
        if (entity.type == "item")
            items.emplace_back(entity.id);
    return items;
}

Result<std::vector<JobDownload>> job_downloads(Context& cx, const catalog::ProcessingJob& job) {
    if (job.queue.state != JobState::Completed)
        return fail(Code::Conflict, fmt::format("The job is {}; there is something to download once it is completed",
                                                status_of(job.queue.state)));
    TRY(const auto items, output_items(cx.session, job.order.id));
    std::vector<JobDownload> downloads;
    for (const ItemId& id : items) {
        TRY(const auto item, catalog::find_item(cx.session, job.order.organization_id, id));
        if (!item)
            continue;
        TRY(const auto assets, catalog::list_assets(cx.session, item->organization_id, id));
        for (const auto& asset : assets)
            if (!asset.is_rendition && asset.blob_key)
                downloads.push_back({id, asset});
    }
    return downloads;
}

Result<AssetDownload> download_job(Context& cx, const catalog::ProcessingJob& job, const std::string& key,
                                   const Attribution& attribution) {
    if (attribution.requester_ip && !is_address(*attribution.requester_ip))
        return fail_field("requester_ip", "Give an IPv4 or IPv6 address");
    TRY(const auto downloads, job_downloads(cx, job));
    const auto found = std::ranges::find_if(downloads, [&](const auto& each) { return each.asset.key == key; });
    if (found == downloads.end())
        return fail(Code::NotFound, fmt::format("The job made nothing called '{}'; clip.job.downloads lists what there "
                                                "is",
                                                clean_utf8(key, kMostQuoted)));
    TRY(auto download, download_asset(cx, found->item_id, key));
    if (attribution.requester_ip && *attribution.requester_ip != cx.remote_address) {
        cx.touch("via:" + cx.remote_address);
        cx.remote_address = *attribution.requester_ip;
    }
    if (attribution.user_agent)
        cx.user_agent = clean_utf8(*attribution.user_agent, kUserAgentBytes);
    return download;
}

std::string_view status_of(JobState state) {
    return schema::enum_text(state == JobState::Dead ? JobState::Failed : state);
}

Result<std::vector<JobState>> states_of(const std::optional<std::string>& status) {
    if (!status || status->empty())
        return std::vector<JobState>();
    const auto state = schema::enum_value<JobState>(*status);
    if (!state || *state == JobState::Dead)
        return fail_field("status", "A status is pending, running, completed, failed or cancelled", "enum");
    return *state == JobState::Failed ? std::vector{JobState::Failed, JobState::Dead} : std::vector{*state};
}

Result<catalog::ProcessingJobPage> list_readable_jobs(Context& cx, catalog::ProcessingJobList list) {
    TRY(list.organization_id, own_organization(cx));
    if (list.project_ids.empty()) {
        TRY(auto readable, readable_projects(cx));
        if (readable && readable->empty())
            return catalog::ProcessingJobPage();
        if (readable)
            list.project_ids = *std::move(readable);
    }
    return catalog::list_processing_jobs(cx.session, list);
}

} // namespace landfall::domain

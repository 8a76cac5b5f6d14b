#include "operations/processing/shown_job.hpp"

#include "core/text.hpp"
#include "domain/drawing/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::operations {
namespace {

using catalog::JobState;

std::vector<std::string> log_of(const catalog::ProcessingJob& job) {
    const auto& queue = job.queue;
    std::vector<std::string> lines;
    const auto add = [&](Timestamp at, const std::string& what) {
        lines.push_back(fmt::format("{} {}", format_rfc3339(at), what));
    };
    add(job.order.created_at, "ordered");
    if (job.order.dispatched_at)
        add(*job.order.dispatched_at, "dispatched");
    if (queue.started_at)
        add(*queue.started_at, queue.attempts > 1 ? fmt::format("started, attempt {}", queue.attempts) : "started");
    if (queue.state == JobState::Running && queue.stage)
        add(queue.updated_at, fmt::format("{}: {:.0f} %", *queue.stage, queue.progress * 100));
    if (queue.state == JobState::Pending && queue.error_message)
        add(queue.updated_at, fmt::format("is tried again: {}", *queue.error_message));
    if (queue.completed_at)
        add(*queue.completed_at, queue.error_message ? fmt::format("failed: {}", *queue.error_message)
                                                     : std::string(domain::status_of(queue.state)));
    return lines;
}

std::optional<std::int64_t> eta_of(const domain::Context& cx, const catalog::JobSummary& queue) {
    constexpr double kEnough = 0.02; // before it a pace says nothing
    if (queue.state != JobState::Running || !queue.started_at || queue.progress < kEnough)
        return std::nullopt;
    const double spent = std::chrono::duration<double>(cx.now - *queue.started_at).count();
    return std::llround(std::max(0.0, spent * (1 - queue.progress) / queue.progress));
}

} // namespace

Result<ProcessingJob> shown(domain::Context& cx, const catalog::ProcessingJob& job) {
    const auto& [order, queue] = job;
    ProcessingJob out;
    out.id = order.id;
    out.job_type = order.process;
    out.status = domain::status_of(queue.state);
    out.progress = queue.state == JobState::Completed ? 1 : queue.progress;
    out.organization_id = order.organization_id;
    out.project_id = order.project_id;
    if (order.source_item_id)
        out.source_item_id = order.source_item_id->str();
    out.output_name = order.name;
    out.parameters = {order.parameters};
    if (order.aoi_geometry)
        out.aoi_geometry = {*order.aoi_geometry};
    TRY(const Json parameters, Json::parse(order.parameters));
    if (const Json* const keys = parameters.find("asset_keys"))
        out.asset_keys = {keys->dump()};
    if (queue.state == JobState::Completed) {
        TRY(const auto items, domain::output_items(cx.session, order.id));
        for (const ItemId& item : items)
            out.output_item_ids.push_back(item.str());
        out.credits_settled = order.credits_settled;
    } else {
        out.error_message = queue.error_message;
    }
    if (queue.state == JobState::Running)
        out.stage = queue.stage;
    out.eta_seconds = eta_of(cx, queue);
    out.log = log_of(job);
    const bool is_open = queue.state == JobState::Pending || queue.state == JobState::Running;
    out.credits_reserved = is_open ? order.credits : 0;
    if (order.created_by)
        out.created_by = order.created_by->str();
    out.created_at = order.created_at;
    out.updated_at = queue.updated_at;
    out.started_at = queue.started_at;
    out.completed_at = queue.completed_at;
    return out;
}

Result<std::vector<ProcessingJob>> shown(domain::Context& cx, const std::vector<catalog::ProcessingJob>& jobs) {
    std::vector<ProcessingJob> all;
    all.reserve(jobs.size());
    for (const auto& job : jobs) {
        TRY(all.emplace_back(), shown(cx, job));
    }
    return all;
}

Result<JobTileInfo> tile_info(domain::Context& cx, const catalog::ProcessingJob& job) {
    TRY(const auto downloads, domain::job_downloads(cx, job));
    if (downloads.empty())
        return fail(Code::NotFound, "What the job made was deleted");
    domain::TileTerms terms;
    terms.item_id = downloads.front().item_id;
    terms.asset_key = downloads.front().asset.key;
    TRY(const auto summary, domain::summarize_tiles(cx, terms));
    JobTileInfo out;
    out.job_id = job.order.id;
    out.item_id = terms.item_id;
    out.asset_key = *terms.asset_key;
    out.bounds.assign(summary.bounds.begin(), summary.bounds.end());
    out.minzoom = summary.minzoom;
    out.maxzoom = summary.maxzoom;
    out.tiles = {fmt::format("{}/api/v1/items/{}/tiles/{{z}}/{{x}}/{{y}}.webp?v={}&asset_key={}", cx.origin(),
                             out.item_id.str(), summary.version, percent_encode(out.asset_key))};
    return out;
}

} // namespace landfall::operations

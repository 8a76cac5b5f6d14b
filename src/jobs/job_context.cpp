#include "jobs/job_context.hpp"

#include "core/text.hpp"
#include "jobs/wire.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::jobs {

JobContext::JobContext(catalog::JobRow job, std::string owner, const Clock& clock)
    : job_(std::move(job)), owner_(std::move(owner)), clock_(clock) {
    noted_.share = job_.progress;
    noted_.stage = job_.stage.value_or("");
}

bool JobContext::report(double share, std::string_view stage) {
    std::string name = clean_utf8(stage, kMaxStageBytes);
    const double bounded = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
    const Lock lock(mutex_);
    is_news_ = is_news_ || noted_.share != bounded || noted_.stage != name;
    noted_.share = bounded;
    noted_.stage = std::move(name);
    return !should_stop();
}

Progress JobContext::progress(double from, double to) {
    return [this, from, to](double share, std::string_view stage) { return report(from + share * (to - from), stage); };
}

Status JobContext::finish_text(catalog::Transaction& transaction, std::string_view result) {
    const Timestamp now = clock_.now();
    TRY(const bool ours, catalog::finish_job(transaction, job_.id, owner_, result, now));
    if (!ours)
        return fail(Code::Conflict, "The job was cancelled meanwhile");
    CHECK_OK(tell_end(transaction, job_, catalog::event::kJobCompleted, now));
    finished_ = true;
    return {};
}

Status JobContext::link_output(database::Session& session, const catalog::Entity& made) const {
    return catalog::insert_job_link(session, {job_.id, catalog::JobRole::Output, made, job_.organization_id});
}

Result<catalog::JobBlobRow> JobContext::input_blob(database::Session& session, std::string_view name) const {
    TRY(auto blob, catalog::find_job_blob(session, job_.id, catalog::JobRole::Input, name));
    if (!blob)
        return fail(Code::NotFound, "The job was given no blob named " + std::string(name));
    return *std::move(blob);
}

Status JobContext::add_output_blob(database::Session& session, std::string_view name, const BlobFacts& blob) const {
    return catalog::insert_job_blob(session, {job_.id, catalog::JobRole::Output, std::string(name),
                                              job_.organization_id, blob.key, blob.size, blob.sha256, clock_.now()});
}

Status tell_end(catalog::Transaction& transaction, const catalog::JobRow& job, std::string_view type, Timestamp at) {
    if (job.is_hidden)
        return {};
    Json data = Json::object({{"kind", job.kind}});
    if (job.project_id)
        data.set("project_id", job.project_id->str());
    if (job.item_id)
        data.set("item_id", job.item_id->str());
    return catalog::record_event(transaction, {type, job.organization_id, job.id.str(), at, data.dump()});
}

void JobContext::stop(Stop why) {
    Stop none = Stop::None;
    if (why == Stop::Lost)
        stop_ = why; // outweighs draining: there is nothing left to give back
    else
        stop_.compare_exchange_strong(none, why);
}

bool JobContext::has_news() const {
    const Lock lock(mutex_);
    return is_news_;
}

JobContext::Noted JobContext::take_noted() {
    const Lock lock(mutex_);
    is_news_ = false;
    return noted_;
}

} // namespace landfall::jobs

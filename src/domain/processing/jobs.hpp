#pragma once
/// The jobs that users order: from the order to what comes of it. Contract: geopera.md sections 8 and 9.

#include "catalog/work/processing_job.hpp"
#include "domain/context.hpp"
#include "domain/items/assets.hpp"
#include "domain/processing/processes.hpp"
#include "domain/tenancy/access.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// Orders a job, reserves its credits and records what it comes from; it waits until it is dispatched. Fails as the
/// process' `plan` does; PaymentRequired without credits.
Result<catalog::ProcessingJob> create_job(Context& cx, const Process& process, const ProcessOrder& order);
/// The same, and puts it into the queue.
Result<catalog::ProcessingJob> begin_job(Context& cx, const Process& process, const ProcessOrder& order);

/// Puts a job that was never dispatched, failed or was cancelled into the queue. Conflict for any other,
/// PaymentRequired if its credits were given back and there are none now.
Result<catalog::ProcessingJob> dispatch_job(Context& cx, const JobId& id);

/// What an order would take; fails as `create_job` would, and changes nothing.
Result<std::int64_t> price_job(Context& cx, const Process& process, const ProcessOrder& order);

/// A job of a project in which the caller has at least `role`; `process`: only of that one. NotFound otherwise.
Result<catalog::ProcessingJob> require_job(Context& cx, const JobId& id, ProjectRole role,
                                           std::optional<std::string_view> process = std::nullopt);

/// Cancels a job that has not ended, and removes one that has from sight; what it made stays.
Status delete_job(Context& cx, const JobId& id, std::optional<std::string_view> process = std::nullopt);

/// The items that a job made, deleted ones included.
Result<std::vector<ItemId>> output_items(database::Session& session, const JobId& id);

/// A file that a job made, as a live item has it.
struct JobDownload {
    ItemId item_id;
    catalog::AssetRow asset;
};
/// Conflict unless the job completed.
Result<std::vector<JobDownload>> job_downloads(Context& cx, const catalog::ProcessingJob& job);

/// Who fetches a file, where the caller hands it on.
struct Attribution {
    std::optional<std::string> user_agent, requester_ip;
};
/// A signed URL of the file under a key. NotFound for a key that it did not make; others as `job_downloads` and
/// `download_asset` say. The call's record says who fetches it.
Result<AssetDownload> download_job(Context& cx, const catalog::ProcessingJob& job, const std::string& key,
                                   const Attribution& attribution);

/// As users know the states of jobs: pending, running, completed, failed, cancelled.
std::string_view status_of(catalog::JobState state);
/// The states of a status. InvalidArgument at `status` for an unknown one; nothing: any.
Result<std::vector<catalog::JobState>> states_of(const std::optional<std::string>& status);

/// Of jobs of the organization that lie in projects which the caller may read.
Result<catalog::ProcessingJobPage> list_readable_jobs(Context& cx, catalog::ProcessingJobList list);

} // namespace landfall::domain

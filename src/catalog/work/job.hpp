#pragma once
/// The durable queue (design.md section 10).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

enum class JobState { Pending, Running, Completed, Failed, Cancelled, Dead };

constexpr auto enum_names(schema::Of<JobState>) {
    return std::array{std::pair{JobState::Pending, std::string_view("pending")},
                      std::pair{JobState::Running, std::string_view("running")},
                      std::pair{JobState::Completed, std::string_view("completed")},
                      std::pair{JobState::Failed, std::string_view("failed")},
                      std::pair{JobState::Cancelled, std::string_view("cancelled")},
                      std::pair{JobState::Dead, std::string_view("dead")}};
}

struct JobRow {
    JobId id;
    std::string kind; ///< e.g. "cog_clip"
    OrganizationId organization_id;
    std::optional<ProjectId> project_id;
    std::optional<ItemId> item_id;
    std::string payload = "{}"; ///< JSON object
    JobState state = JobState::Pending;
    std::int64_t priority = 0; ///< higher goes first
    std::int64_t attempts = 0;
    std::int64_t max_attempts = 3;
    Timestamp run_after{};
    std::optional<std::string> lease_owner;
    std::optional<Timestamp> lease_until;
    double progress = 0; ///< 0..1
    std::optional<std::string> stage;
    std::optional<std::string> error_message;
    std::optional<std::string> result;     ///< JSON
    std::optional<std::string> dedupe_key; ///< at most one pending or running job of it
    bool is_hidden = false;                ///< upkeep of our own, not shown in lists
    std::optional<UserId> created_by;
    Timestamp created_at{};
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> completed_at;
    Timestamp updated_at{};
    std::optional<Timestamp> deleted_at;
};

constexpr auto columns(Of<JobRow>) {
    using R = JobRow;
    using enum Use;
    return table(
        "job", column("id", &R::id, Key), column("kind", &R::kind), column("organization_id", &R::organization_id),
        column("project_id", &R::project_id), column("item_id", &R::item_id), column("payload", &R::payload),
        column("state", &R::state), column("priority", &R::priority), column("attempts", &R::attempts),
        column("max_attempts", &R::max_attempts), column("run_after", &R::run_after),
        column("lease_owner", &R::lease_owner), column("lease_until", &R::lease_until),
        column("progress", &R::progress), column("stage", &R::stage), column("error_message", &R::error_message),
        column("result", &R::result), column("dedupe_key", &R::dedupe_key), column("is_hidden", &R::is_hidden),
        column("created_by", &R::created_by), column("created_at", &R::created_at),
        column("started_at", &R::started_at), column("completed_at", &R::completed_at),
        column("updated_at", &R::updated_at), column("deleted_at", &R::deleted_at));
}

/// The longest payload and the longest result that a row keeps, in bytes; more belongs into a blob of the job.
inline constexpr std::size_t kMaxJobText = std::size_t{64} << 10;

/// Queues the job; if its dedupe_key has a pending or running one already, that one's id comes back instead.
/// PayloadTooLarge if the payload does not fit a row.
Result<JobId> enqueue_job(Session& session, const JobRow& row);
/// Not deleted.
Result<std::optional<JobRow>> find_job(Session& session, const OrganizationId& organization, const JobId& id);

struct JobLease {
    std::string owner;              ///< unique to the worker
    std::vector<std::string> kinds; ///< empty: any
    Timestamp now{};
    Timestamp until{};
};
/// Takes the next due job, of the organization with the fewest running ones: highest priority, then oldest. Counts an
/// attempt. Nothing if none is due. Two callers never get the same one.
Result<std::optional<JobRow>> lease_next_job(Session& session, const JobLease& lease);

struct JobBeat {
    JobId id;
    std::string owner;
    double progress = 0;
    std::string stage;
    Timestamp now{};
    Timestamp until{};
};
/// Prolongs the lease and notes progress. False: the job was cancelled, retaken or ended; stop working.
Result<bool> heartbeat_job(Session& session, const JobBeat& beat);
/// To completed, while still ours. False: lost; the caller must roll back what it made. PayloadTooLarge if the result
/// does not fit a row.
Result<bool> finish_job(Session& session, const JobId& id, std::string_view owner, std::string_view result_json,
                        Timestamp at);
enum class JobRetry { Allowed, Never };
struct JobFailure {
    JobId id;
    std::string owner;
    std::string message;
    Timestamp at{};
    JobRetry retry = JobRetry::Allowed;
};
/// Back to pending after 5 s, 10 s, 20 s, … (at most 10 min) while attempts remain, else to dead; to failed if a
/// retry makes no sense. The new state, or nothing if the lease was lost.
Result<std::optional<JobState>> fail_job(Session& session, const JobFailure& failure);
/// Gives a running job back untouched (draining): the attempt does not count. False: lost.
Result<bool> return_job(Session& session, const JobId& id, std::string_view owner, Timestamp at);
/// Running jobs of some kinds (empty: any) whose lease has run out, at most a thousand.
Result<std::vector<JobId>> list_expired_jobs(Session& session, const std::vector<std::string>& kinds, Timestamp now);
/// Such a job goes back to pending, or to dead without attempts left: as it is now. Nothing if it lives after all.
Result<std::optional<JobRow>> expire_job(Session& session, const JobId& id, Timestamp now);
/// Pending or running to cancelled. False otherwise.
Result<bool> cancel_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at);

/// The same of all jobs of an item: what they make nobody would see.
Status cancel_jobs_of_item(Session& session, const OrganizationId& organization, const ItemId& item, Timestamp at);
/// The same of all jobs of a project.
Status cancel_jobs_of_project(Session& session, const OrganizationId& organization, const ProjectId& project,
                              Timestamp at);
/// The same of the jobs that read an asset.
Status cancel_jobs_of_asset(Session& session, const OrganizationId& organization, const AssetId& asset, Timestamp at);

struct JobList {
    OrganizationId organization_id;
    std::optional<ProjectId> project_id;
    std::vector<std::string> kinds; ///< empty: any
    std::vector<std::string> ids;   ///< empty: any
    std::optional<JobState> state;
    std::int64_t limit = 50;
    std::int64_t offset = 0;
};
/// A job as lists show it: without its texts and its lease.
struct JobSummary {
    JobId id;
    std::string kind;
    std::optional<ProjectId> project_id;
    std::optional<ItemId> item_id;
    JobState state = JobState::Pending;
    std::int64_t attempts = 0;
    double progress = 0; ///< 0..1
    std::optional<std::string> stage;
    std::optional<std::string> error_message;
    std::optional<UserId> created_by;
    Timestamp created_at{};
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> completed_at;
    Timestamp updated_at{};
};

constexpr auto columns(Of<JobSummary>) {
    using R = JobSummary;
    return excerpt("job", column("id", &R::id), column("kind", &R::kind), column("project_id", &R::project_id),
                   column("item_id", &R::item_id), column("state", &R::state), column("attempts", &R::attempts),
                   column("progress", &R::progress), column("stage", &R::stage),
                   column("error_message", &R::error_message), column("created_by", &R::created_by),
                   column("created_at", &R::created_at), column("started_at", &R::started_at),
                   column("completed_at", &R::completed_at), column("updated_at", &R::updated_at));
}

struct JobPage {
    std::vector<JobSummary> jobs;
    std::int64_t total = 0;
};
/// Jobs that are neither deleted nor hidden, newest first.
Result<JobPage> list_jobs(Session& session, const JobList& list);
/// How many of them were made since.
Result<std::int64_t> count_jobs_since(Session& session, const OrganizationId& organization, Timestamp since);
/// Removes at most `limit` jobs of every organization that ended before and have no blobs left; how many.
Result<std::int64_t> purge_jobs(Session& session, Timestamp before, std::int64_t limit);
/// When the next pending job of some kinds (empty: any) is due; nothing if none waits.
Result<std::optional<Timestamp>> next_job_due(Session& session, const std::vector<std::string>& kinds);

/// Jobs of one kind that wait, in all organizations.
struct QueuedJobs {
    std::string kind;
    std::int64_t count = 0;
    Timestamp due{}; ///< of the one that waits longest, which may be in the future
};
Result<std::vector<QueuedJobs>> count_queued_jobs(Session& session);

} // namespace landfall::catalog

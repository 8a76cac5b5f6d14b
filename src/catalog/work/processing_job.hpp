#pragma once
/// Jobs that users order: what they asked for. How far they are stands in the queue (`catalog/work/job.hpp`), under the
/// same id. Contract: geopera.md sections 8 and 9.

#include "catalog/vocabulary.hpp"
#include "catalog/work/job.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct ProcessingJobRow {
    JobId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::string process; ///< `cog_clip`
    std::optional<std::string> name;
    std::optional<ItemId> source_item_id;
    std::string parameters = "{}";               ///< JSON object, without the area
    std::optional<std::string> aoi_geometry;     ///< GeoJSON, as it came
    std::int64_t credits = 0;                    ///< reserved until it ends
    std::optional<std::int64_t> credits_settled; ///< spent, of the last run that completed
    std::optional<Timestamp> dispatched_at;      ///< the last time; nothing: it is in no queue
    std::optional<Timestamp> cancelled_at;       ///< before it was ever dispatched
    std::optional<UserId> created_by;
    Timestamp created_at{};
    std::optional<Timestamp> deleted_at;
};

constexpr auto columns(Of<ProcessingJobRow>) {
    using R = ProcessingJobRow;
    using enum Use;
    return table("processing_job", column("id", &R::id, Key), column("organization_id", &R::organization_id, Key),
                 column("project_id", &R::project_id), column("process", &R::process), column("name", &R::name),
                 column("source_item_id", &R::source_item_id), column("parameters", &R::parameters),
                 column("aoi_geometry", &R::aoi_geometry), column("credits", &R::credits),
                 column("credits_settled", &R::credits_settled, Mutable),
                 column("dispatched_at", &R::dispatched_at, Mutable), column("cancelled_at", &R::cancelled_at, Mutable),
                 column("created_by", &R::created_by), column("created_at", &R::created_at),
                 column("deleted_at", &R::deleted_at, Mutable));
}

/// As the queue has it; of one that is in none pending, or cancelled.
struct ProcessingJob {
    ProcessingJobRow order;
    JobSummary queue;
};

Status insert_processing_job(Session& session, const ProcessingJobRow& row);
/// Writes the mutable columns.
Status update_processing_job(Session& session, const ProcessingJobRow& row);
/// Not deleted.
Result<std::optional<ProcessingJob>> find_processing_job(Session& session, const OrganizationId& organization,
                                                         const JobId& id);

struct ProcessingJobList {
    OrganizationId organization_id;
    std::vector<ProjectId> project_ids; ///< empty: any
    std::optional<std::string> process;
    std::vector<std::string> ids; ///< empty: any
    std::vector<JobState> states; ///< empty: any
    bool oldest_first = false;
    std::int64_t limit = 50;
    std::int64_t offset = 0;
};
/// An area longer than this is left out of lists, bytes.
inline constexpr std::int64_t kMostListedArea = 4096;
struct ProcessingJobPage {
    std::vector<ProcessingJob> jobs;
    std::int64_t total = 0;
};
/// Newest first unless asked otherwise.
Result<ProcessingJobPage> list_processing_jobs(Session& session, const ProcessingJobList& list);
/// Puts a job that failed or was cancelled back into the queue, as if it were new, under its id. False for any other.
Result<bool> restart_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at);
/// Hides what was ordered, and its row in the queue, from everybody.
Status delete_processing_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at);

/// The times at which a job ended are those of its row in the queue, which is purged later: removes what was ordered,
/// at most `limit`; how many. Orders that were never dispatched go when they were made before.
Result<std::int64_t> purge_processing_jobs(Session& session, Timestamp before, std::int64_t limit);

/// What an organization's jobs have spent since an instant, and what those that are not ended may spend.
struct CreditUse {
    std::int64_t settled = 0;
    std::int64_t reserved = 0;
};
Result<CreditUse> read_credits(Session& session, const OrganizationId& organization, Timestamp since);

/// What a job spent.
struct CreditRow {
    JobId job_id;
    Timestamp at{};
    OrganizationId organization_id;
    std::int64_t amount = 0;
};
constexpr auto columns(Of<CreditRow>) {
    using R = CreditRow;
    using enum Use;
    return table("credit_entry", column("job_id", &R::job_id, Key), column("at", &R::at, Key),
                 column("organization_id", &R::organization_id), column("amount", &R::amount));
}
Status insert_credits(Session& session, const CreditRow& row);

} // namespace landfall::catalog

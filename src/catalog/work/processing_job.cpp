#include "catalog/work/processing_job.hpp"

#include "database/table_rows.hpp"
#include "schema/json.hpp"

#include <map>

namespace landfall::catalog {
namespace {

constexpr SqlText kLive = " WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL";
constexpr std::string_view kFind = sql<select_from<ProcessingJobRow>, kLive>;

/// The texts of ?N, a JSON array; of an empty one all.
template<SqlText column, SqlText mark>
struct Among {
    static constexpr SqlText sqlite =
        text_of<SqlParts<" AND (", mark, " = '[]' OR ", column, " IN (SELECT value FROM json_each(", mark, ")))">>;
    static constexpr SqlText postgres =
        text_of<SqlParts<" AND (CAST(", mark, " AS TEXT) = '[]' OR ", column,
                         " IN (SELECT json_array_elements_text(CAST(CAST(", mark, " AS TEXT) AS JSON))))">>;
};

/// What stands in the queue, else what the order itself says.
constexpr SqlText kState = R"(coalesce((SELECT j.state FROM job j WHERE j.id = processing_job.id
    AND processing_job.dispatched_at IS NOT NULL), CASE WHEN cancelled_at IS NULL THEN 'pending' ELSE 'cancelled' END))";
constexpr SqlText kAsked = " WHERE organization_id = ?1 AND deleted_at IS NULL"
                           " AND (CAST(?2 AS TEXT) IS NULL OR process = CAST(?2 AS TEXT))";
constexpr SqlText kPage = " LIMIT ?6 OFFSET ?7";
constexpr SqlText kNewest = " ORDER BY created_at DESC, id DESC";
constexpr SqlText kOldest = " ORDER BY created_at, id";

template<SqlText projects, SqlText ids, SqlText states>
struct ListSql {
    static constexpr std::string_view newest =
        sql<select_from<ProcessingJobRow>, kAsked, projects, ids, states, kNewest, kPage>;
    static constexpr std::string_view oldest =
        sql<select_from<ProcessingJobRow>, kAsked, projects, ids, states, kOldest, kPage>;
    static constexpr std::string_view count = sql<"SELECT count(*) FROM processing_job", kAsked, projects, ids, states>;
};
using Lite = ListSql<Among<"project_id", "?3">::sqlite, Among<"id", "?4">::sqlite, Among<kState, "?5">::sqlite>;
using Post = ListSql<Among<"project_id", "?3">::postgres, Among<"id", "?4">::postgres, Among<kState, "?5">::postgres>;

constexpr std::string_view kRestart = R"(
UPDATE job SET state = 'pending', attempts = 0, run_after = ?3, updated_at = ?3, progress = 0, stage = NULL,
    error_message = NULL, result = NULL, started_at = NULL, completed_at = NULL, lease_owner = NULL, lease_until = NULL
WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL AND state IN ('failed', 'dead', 'cancelled'))";
constexpr std::string_view kDelete = sql<"UPDATE processing_job SET deleted_at = ?3", kLive>;
constexpr std::string_view kDeleteQueued = sql<"UPDATE job SET deleted_at = ?3", kLive>;
constexpr std::string_view kPurge = R"(
DELETE FROM processing_job WHERE id IN (
    SELECT p.id FROM processing_job p LEFT JOIN job j ON j.id = p.id
    WHERE p.created_at < ?1 AND (j.id IS NULL
        OR (j.state IN ('completed', 'failed', 'dead', 'cancelled') AND j.updated_at < ?1))
    ORDER BY p.created_at, p.id LIMIT ?2))";
constexpr std::string_view kSettled =
    "SELECT coalesce(sum(amount), 0) FROM credit_entry WHERE organization_id = ?1 AND at >= ?2";
constexpr std::string_view kReserved = R"(
SELECT coalesce((SELECT sum(p.credits) FROM job j JOIN processing_job p ON p.id = j.id
        WHERE j.organization_id = ?1 AND j.state IN ('pending', 'running')), 0)
    + coalesce((SELECT sum(credits) FROM processing_job
        WHERE organization_id = ?1 AND dispatched_at IS NULL AND cancelled_at IS NULL AND deleted_at IS NULL), 0))";

JobSummary unqueued(const ProcessingJobRow& order) {
    JobSummary queue;
    queue.id = order.id;
    queue.kind = order.process;
    queue.project_id = order.project_id;
    queue.item_id = order.source_item_id;
    queue.state = order.cancelled_at ? JobState::Cancelled : JobState::Pending;
    queue.created_by = order.created_by;
    queue.created_at = order.created_at;
    queue.completed_at = order.cancelled_at;
    queue.updated_at = order.cancelled_at.value_or(order.created_at);
    return queue;
}

/// Puts the queue's rows beside those of what was ordered.
Result<std::vector<ProcessingJob>> with_queue(Session& session, const OrganizationId& organization,
                                              std::vector<ProcessingJobRow> orders) {
    JobList wanted;
    wanted.organization_id = organization;
    for (const auto& order : orders)
        wanted.ids.push_back(order.id.str());
    wanted.limit = static_cast<std::int64_t>(orders.size());
    std::map<std::string, JobSummary> queued;
    if (!orders.empty()) {
        TRY(auto page, list_jobs(session, wanted));
        for (auto& job : page.jobs)
            queued.emplace(job.id.str(), std::move(job));
    }
    std::vector<ProcessingJob> all;
    for (auto& order : orders) {
        const auto found = order.dispatched_at ? queued.find(order.id.str()) : queued.end();
        JobSummary queue = found != queued.end() ? found->second : unqueued(order);
        all.push_back({std::move(order), std::move(queue)});
    }
    return all;
}

} // namespace

Status insert_processing_job(Session& session, const ProcessingJobRow& row) {
    return done(session.execute(sql<insert_into<ProcessingJobRow>>, insert_values(row)));
}

Status update_processing_job(Session& session, const ProcessingJobRow& row) {
    return done(session.execute(sql<update_of<ProcessingJobRow>>, update_values(row)));
}

Result<std::optional<ProcessingJob>> find_processing_job(Session& session, const OrganizationId& organization,
                                                         const JobId& id) {
    TRY(auto order, session.first(kFind, read_as<ProcessingJobRow>, organization, id));
    if (!order)
        return std::optional<ProcessingJob>();
    TRY(auto jobs, with_queue(session, organization, {*std::move(order)}));
    return std::optional(std::move(jobs.front()));
}

Result<ProcessingJobPage> list_processing_jobs(Session& session, const ProcessingJobList& list) {
    std::vector<std::string> projects, states;
    for (const auto& project : list.project_ids)
        projects.push_back(project.str());
    for (const JobState state : list.states)
        states.emplace_back(schema::enum_text(state));
    const std::string of_projects = Json::array_of(projects).dump(), of_ids = Json::array_of(list.ids).dump();
    const std::string of_states = Json::array_of(states).dump();
    const std::string_view text =
        list.oldest_first ? session.pick(Lite::oldest, Post::oldest) : session.pick(Lite::newest, Post::newest);
    TRY(auto orders, session.all(text, read_as<ProcessingJobRow>, list.organization_id, list.process, of_projects,
                                 of_ids, of_states, list.limit, list.offset));
    for (auto& order : orders)
        if (order.aoi_geometry && std::ssize(*order.aoi_geometry) > kMostListedArea)
            order.aoi_geometry.reset();
    ProcessingJobPage page;
    TRY(page.jobs, with_queue(session, list.organization_id, std::move(orders)));
    TRY(const auto total, session.first(session.pick(Lite::count, Post::count), read_as<std::int64_t>,
                                        list.organization_id, list.process, of_projects, of_ids, of_states));
    page.total = total.value_or(0);
    return page;
}

Result<bool> restart_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at) {
    return changed(session.run(kRestart, organization, id, at));
}

Status delete_processing_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at) {
    CHECK_OK(session.run(kDelete, organization, id, at));
    return done(session.run(kDeleteQueued, organization, id, at));
}

Result<std::int64_t> purge_processing_jobs(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurge, before, limit);
}

Result<CreditUse> read_credits(Session& session, const OrganizationId& organization, Timestamp since) {
    CreditUse use;
    TRY(const auto settled, session.first(kSettled, read_as<std::int64_t>, organization, since));
    TRY(const auto reserved, session.first(kReserved, read_as<std::int64_t>, organization));
    use.settled = settled.value_or(0);
    use.reserved = reserved.value_or(0);
    return use;
}

Status insert_credits(Session& session, const CreditRow& row) {
    return done(session.execute(sql<insert_into<CreditRow>>, insert_values(row)));
}

} // namespace landfall::catalog

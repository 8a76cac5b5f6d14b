#include "catalog/work/job.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

namespace landfall::catalog {
namespace {

using namespace std::chrono_literals;

struct JobAttempts {
    std::int64_t attempts = 0;
    std::int64_t max_attempts = 0;
};
constexpr auto columns(Of<JobAttempts>) {
    using R = JobAttempts;
    return excerpt("job", column("attempts", &R::attempts), column("max_attempts", &R::max_attempts));
}

constexpr SqlText kOurs = " WHERE id = ?1 AND lease_owner = ?2 AND state = 'running'";
constexpr SqlText kLive = " WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL";
constexpr std::string_view kEnqueue = sql<insert_into<JobRow>, R"(
ON CONFLICT (organization_id, dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('pending', 'running')
DO NOTHING)">;
constexpr std::string_view kFindLive = R"(
SELECT id FROM job WHERE organization_id = ?1 AND dedupe_key = ?2 AND state IN ('pending', 'running'))";
constexpr std::string_view kFind = sql<select_from<JobRow>, kLive>;
/// Every organization that has a pending job, found by one step in the index for each; of each its next due job and how
/// many it has running. Then the order of turns.
constexpr SqlText kTurnsHead = R"(
WITH RECURSIVE waiting(id) AS (
    SELECT min(organization_id) FROM job WHERE state = 'pending'
    UNION ALL
    SELECT (SELECT min(j.organization_id) FROM job j WHERE j.state = 'pending' AND j.organization_id > w.id)
    FROM waiting w WHERE w.id IS NOT NULL
), turn(organization_id, busy, job_id) AS (
    SELECT w.id, (SELECT count(*) FROM job r WHERE r.state = 'running' AND r.organization_id = w.id),
        (SELECT p.id FROM job p WHERE p.state = 'pending' AND p.organization_id = w.id AND p.run_after <= ?1)";
constexpr SqlText kTurnsTail = R"(
        ORDER BY p.priority DESC, p.run_after, p.id LIMIT 1)
    FROM waiting w WHERE w.id IS NOT NULL
)
SELECT t.organization_id FROM turn t JOIN job j ON j.id = t.job_id
ORDER BY t.busy, j.priority DESC, j.run_after, j.id LIMIT 16)";
constexpr SqlText kLeaseHead = R"(
UPDATE job SET state = 'running', lease_owner = ?1, lease_until = ?3, attempts = attempts + 1, updated_at = ?2,
    started_at = coalesce(started_at, ?2)
WHERE id = (SELECT id FROM job WHERE state = 'pending' AND organization_id = ?5 AND run_after <= ?2)";
constexpr SqlText kLeaseOrder = " ORDER BY priority DESC, run_after, id LIMIT 1";
constexpr std::string_view kCountQueued =
    "SELECT kind, count(*), min(run_after) FROM job WHERE state = 'pending' GROUP BY kind ORDER BY kind";
constexpr SqlText kExpired = "SELECT id FROM job WHERE state = 'running' AND lease_until < ?1";
constexpr SqlText kExpiredOrder = " ORDER BY lease_until LIMIT 1000";

/// The kinds in ?N, a JSON array of texts; of an empty one all.
template<SqlText mark>
struct AmongKinds {
    static constexpr SqlText sqlite =
        text_of<SqlParts<" AND (", mark, " = '[]' OR kind IN (SELECT value FROM json_each(", mark, ")))">>;
    static constexpr SqlText postgres =
        text_of<SqlParts<" AND (CAST(", mark, " AS TEXT) = '[]' OR kind IN (SELECT json_array_elements_text(CAST(CAST(",
                         mark, " AS TEXT) AS JSON))))">>;
};
constexpr std::string_view kTurnsSqlite = sql<kTurnsHead, AmongKinds<"?2">::sqlite, kTurnsTail>;
constexpr std::string_view kTurnsPostgres = sql<kTurnsHead, AmongKinds<"?2">::postgres, kTurnsTail>;
constexpr std::string_view kLeaseSqlite =
    sql<kLeaseHead, AmongKinds<"?4">::sqlite, kLeaseOrder, ") RETURNING ", names_of<JobRow>>;
constexpr std::string_view kLeasePostgres =
    sql<kLeaseHead, AmongKinds<"?4">::postgres, kLeaseOrder, " FOR UPDATE SKIP LOCKED) RETURNING ", names_of<JobRow>>;
constexpr std::string_view kExpiredSqlite = sql<kExpired, AmongKinds<"?2">::sqlite, kExpiredOrder>;
constexpr std::string_view kExpiredPostgres = sql<kExpired, AmongKinds<"?2">::postgres, kExpiredOrder>;
constexpr SqlText kDueOfKind = R"(
SELECT min(due) FROM (
    SELECT (SELECT min(j.run_after) FROM job j WHERE j.state = 'pending' AND j.kind = k.value) AS due FROM )";
constexpr std::string_view kDueSqlite = sql<kDueOfKind, "json_each(?1) k) each_kind">;
constexpr std::string_view kDuePostgres =
    sql<kDueOfKind, "json_array_elements_text(CAST(CAST(?1 AS TEXT) AS JSON)) AS k(value)) each_kind">;
constexpr std::string_view kBeat =
    sql<"UPDATE job SET lease_until = ?3, progress = ?4, stage = ?5, updated_at = ?6", kOurs>;
constexpr std::string_view kFinish = sql<R"(
UPDATE job SET state = 'completed', result = ?3, progress = 1, completed_at = ?4, updated_at = ?4, lease_owner = NULL,
    lease_until = NULL, error_message = NULL)",
                                         kOurs>;
constexpr std::string_view kAttempts = sql<select_from<JobAttempts>, kOurs>;
constexpr std::string_view kFail = sql<R"(
UPDATE job SET state = ?3, error_message = ?4, run_after = ?5, completed_at = ?6, updated_at = ?7, lease_owner = NULL,
    lease_until = NULL)",
                                       kOurs>;
constexpr std::string_view kReturn = sql<R"(
UPDATE job SET state = 'pending', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL, run_after = ?3,
    updated_at = ?3)",
                                         kOurs>;
constexpr std::string_view kExpire = sql<R"(
UPDATE job SET state = CASE WHEN attempts < max_attempts THEN 'pending' ELSE 'dead' END,
    completed_at = CASE WHEN attempts < max_attempts THEN NULL ELSE CAST(?2 AS BIGINT) END,
    error_message = 'The worker stopped answering.', run_after = ?2, updated_at = ?2, lease_owner = NULL,
    lease_until = NULL
WHERE id = ?1 AND state = 'running' AND lease_until < ?2 RETURNING )",
                                         names_of<JobRow>>;
constexpr SqlText kCancelled = R"(
UPDATE job SET state = 'cancelled', completed_at = ?3, updated_at = ?3, lease_owner = NULL, lease_until = NULL)";
constexpr SqlText kUnfinished = " AND state IN ('pending', 'running')";
constexpr std::string_view kCancel = sql<kCancelled, kLive, kUnfinished>;
constexpr std::string_view kCancelOfItem = sql<kCancelled, " WHERE organization_id = ?1 AND item_id = ?2", kUnfinished>;
constexpr std::string_view kCancelOfProject =
    sql<kCancelled, " WHERE organization_id = ?1 AND project_id = ?2", kUnfinished>;
constexpr std::string_view kCancelOfAsset = sql<kCancelled, R"( WHERE organization_id = ?1 AND id IN (
    SELECT job_id FROM job_link WHERE organization_id = ?1 AND entity_type = 'asset' AND entity_id = ?2 AND role = 'input'))",
                                                kUnfinished>;
constexpr std::string_view kCountSince = R"(
SELECT count(*) FROM job WHERE organization_id = ?1 AND created_at >= ?2 AND deleted_at IS NULL AND is_hidden = 0)";
constexpr SqlText kEnded = R"(
SELECT id FROM job WHERE state IN ('completed', 'failed', 'dead', 'cancelled') AND updated_at < ?1
    AND NOT EXISTS (SELECT 1 FROM job_blob b WHERE b.job_id = job.id)
ORDER BY updated_at, id LIMIT ?2)";
constexpr std::string_view kPurgeLinks = sql<"DELETE FROM job_link WHERE job_id IN (", kEnded, ")">;
constexpr std::string_view kPurge = sql<"DELETE FROM job WHERE id IN (", kEnded, ")">;
constexpr std::string_view kNextDue = "SELECT min(run_after) FROM job WHERE state = 'pending'";
constexpr auto kFirstDelay = 5s;
constexpr auto kLongestDelay = 600s;

std::chrono::seconds delay_after(std::int64_t attempts) {
    return attempts >= 8 ? std::chrono::seconds(kLongestDelay)
                         : std::min<std::chrono::seconds>(kLongestDelay,
                                                          kFirstDelay * (1 << std::max<std::int64_t>(0, attempts - 1)));
}

Status check_fits(std::string_view what, std::string_view text) {
    if (text.size() <= kMaxJobText)
        return {};
    return fail(Code::PayloadTooLarge,
                fmt::format("The {} of a job has {} bytes, but a row keeps at most {}. Give the job a blob instead",
                            what, text.size(), kMaxJobText));
}

} // namespace

Result<JobId> enqueue_job(Session& session, const JobRow& row) {
    CHECK_OK(check_fits("payload", row.payload));
    // A live twin may end between the insert and the look-up; then the insert succeeds.
    for (int round = 0; round < 8; ++round) {
        TRY(const bool added, changed(session.execute(kEnqueue, insert_values(row))));
        if (added)
            return row.id;
        TRY(auto twin, session.first(kFindLive, read_as<JobId>, row.organization_id, row.dedupe_key));
        if (twin)
            return *std::move(twin);
    }
    return fail(Code::Unavailable, "The job could not be queued. Try again.");
}

Result<std::optional<JobRow>> find_job(Session& session, const OrganizationId& organization, const JobId& id) {
    return session.first(kFind, read_as<JobRow>, organization, id);
}

Result<std::optional<JobRow>> lease_next_job(Session& session, const JobLease& lease) {
    const std::string kinds = Json::array_of(lease.kinds).dump();
    TRY(const auto turns,
        session.all(session.pick(kTurnsSqlite, kTurnsPostgres), read_as<OrganizationId>, lease.now, kinds));
    // Another worker may be taking the jobs of the first one right now.
    for (const auto& organization : turns) {
        TRY(auto job, session.first(session.pick(kLeaseSqlite, kLeasePostgres), read_as<JobRow>, lease.owner, lease.now,
                                    lease.until, kinds, organization));
        if (job)
            return job;
    }
    return std::optional<JobRow>();
}

Result<bool> heartbeat_job(Session& session, const JobBeat& beat) {
    return changed(session.run(kBeat, beat.id, beat.owner, beat.until, beat.progress, beat.stage, beat.now));
}

Result<bool> finish_job(Session& session, const JobId& id, std::string_view owner, std::string_view result_json,
                        Timestamp at) {
    CHECK_OK(check_fits("result", result_json));
    return changed(session.run(kFinish, id, owner, result_json, at));
}

Result<std::optional<JobState>> fail_job(Session& session, const JobFailure& failure) {
    TRY(const auto count, session.first(kAttempts, read_as<JobAttempts>, failure.id, failure.owner));
    if (!count)
        return std::optional<JobState>{};
    JobState next = count->attempts < count->max_attempts ? JobState::Pending : JobState::Dead;
    if (failure.retry == JobRetry::Never)
        next = JobState::Failed;
    const bool again = next == JobState::Pending;
    const Timestamp run_after = again ? failure.at + delay_after(count->attempts) : failure.at;
    TRY(const bool won, changed(session.run(kFail, failure.id, failure.owner, next, failure.message, run_after,
                                            again ? std::nullopt : std::optional(failure.at), failure.at)));
    return won ? std::optional(next) : std::nullopt;
}

Result<bool> return_job(Session& session, const JobId& id, std::string_view owner, Timestamp at) {
    return changed(session.run(kReturn, id, owner, at));
}

Result<std::vector<JobId>> list_expired_jobs(Session& session, const std::vector<std::string>& kinds, Timestamp now) {
    return session.all(session.pick(kExpiredSqlite, kExpiredPostgres), read_as<JobId>, now,
                       Json::array_of(kinds).dump());
}

Result<std::optional<JobRow>> expire_job(Session& session, const JobId& id, Timestamp now) {
    return session.first(kExpire, read_as<JobRow>, id, now);
}

Result<bool> cancel_job(Session& session, const OrganizationId& organization, const JobId& id, Timestamp at) {
    return changed(session.run(kCancel, organization, id, at));
}

Status cancel_jobs_of_item(Session& session, const OrganizationId& organization, const ItemId& item, Timestamp at) {
    return done(session.run(kCancelOfItem, organization, item, at));
}

Status cancel_jobs_of_project(Session& session, const OrganizationId& organization, const ProjectId& project,
                              Timestamp at) {
    return done(session.run(kCancelOfProject, organization, project, at));
}

Status cancel_jobs_of_asset(Session& session, const OrganizationId& organization, const AssetId& asset, Timestamp at) {
    return done(session.run(kCancelOfAsset, organization, asset, at));
}

Result<std::int64_t> count_jobs_since(Session& session, const OrganizationId& organization, Timestamp since) {
    TRY(const auto count, session.first(kCountSince, read_as<std::int64_t>, organization, since));
    return count.value_or(0);
}

Result<std::int64_t> purge_jobs(Session& session, Timestamp before, std::int64_t limit) {
    CHECK_OK(session.run(kPurgeLinks, before, limit));
    return session.run(kPurge, before, limit);
}

Result<std::optional<Timestamp>> next_job_due(Session& session, const std::vector<std::string>& kinds) {
    using Due = std::optional<Timestamp>;
    const auto first = [&]() -> Result<std::optional<Due>> {
        if (kinds.empty())
            return session.first(kNextDue, read_as<Due>);
        return session.first(session.pick(kDueSqlite, kDuePostgres), read_as<Due>, Json::array_of(kinds).dump());
    };
    TRY(const auto due, first());
    return due.value_or(std::nullopt);
}

namespace {

constexpr SqlText kShown = " WHERE organization_id = ?1 AND deleted_at IS NULL AND is_hidden = 0";
constexpr SqlText kAsked = " AND (CAST(?2 AS TEXT) IS NULL OR project_id = CAST(?2 AS TEXT))"
                           " AND (CAST(?3 AS TEXT) IS NULL OR state = CAST(?3 AS TEXT))";
constexpr SqlText kAmongSqlite = " AND (?5 = '[]' OR id IN (SELECT value FROM json_each(?5)))";
constexpr SqlText kAmongPostgres =
    " AND (CAST(?5 AS TEXT) = '[]' OR id IN (SELECT json_array_elements_text(CAST(CAST(?5 AS TEXT) AS JSON))))";
constexpr SqlText kNewest = " ORDER BY created_at DESC, id DESC LIMIT ?6 OFFSET ?7";

template<SqlText kinds, SqlText among>
struct ListSql {
    static constexpr std::string_view newest = sql<select_from<JobSummary>, kShown, kAsked, kinds, among, kNewest>;
    static constexpr std::string_view count = sql<"SELECT count(*) FROM job", kShown, kAsked, kinds, among>;
};

} // namespace

Result<JobPage> list_jobs(Session& session, const JobList& list) {
    using Lite = ListSql<AmongKinds<"?4">::sqlite, kAmongSqlite>;
    using Post = ListSql<AmongKinds<"?4">::postgres, kAmongPostgres>;
    const std::string kinds = Json::array_of(list.kinds).dump();
    const std::string ids = Json::array_of(list.ids).dump();
    const std::string_view text = session.pick(Lite::newest, Post::newest);
    JobPage page;
    TRY(page.jobs, session.all(text, read_as<JobSummary>, list.organization_id, list.project_id, list.state, kinds, ids,
                               list.limit, list.offset));
    TRY(const auto total, session.first(session.pick(Lite::count, Post::count), read_as<std::int64_t>,
                                        list.organization_id, list.project_id, list.state, kinds, ids));
    page.total = total.value_or(0);
    return page;
}

Result<std::vector<QueuedJobs>> count_queued_jobs(Session& session) {
    return session.all(kCountQueued, [](const Row& row) {
        return QueuedJobs{row.str(0), row.integer(1), from_micros(row.integer(2))};
    });
}

} // namespace landfall::catalog

#include "catalog/work/upload.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kOpen = " AND state IN ('pending', 'uploading')";
constexpr SqlText kClaimed = " WHERE id = ?1 AND state = 'processing' AND claim_token = ?2";
constexpr std::string_view kFind = sql<select_from<UploadRow>, " WHERE id = ?1 AND organization_id = ?2">;
constexpr std::string_view kFindAnywhere = sql<select_from<UploadRow>, " WHERE id = ?1">;
constexpr std::string_view kProgress = R"(
UPDATE upload SET progress_status = CASE WHEN ended_at IS NULL THEN coalesce(?3, progress_status)
        ELSE progress_status END,
    bytes_uploaded = CASE WHEN ended_at IS NULL THEN coalesce(?4, bytes_uploaded) ELSE bytes_uploaded END,
    last_activity_at = CASE WHEN ended_at IS NULL THEN CAST(?5 AS BIGINT) ELSE last_activity_at END
WHERE organization_id = ?1 AND id = ?2)";
constexpr std::string_view kClaim = R"(
UPDATE upload SET state = 'processing', claim_token = ?3, lease_until = ?5, server_epoch = ?6, updated_at = ?4,
    last_activity_at = ?4, crs = ?7
WHERE organization_id = ?1 AND id = ?2 AND (state IN ('pending', 'uploading')
    OR (state = 'processing' AND (lease_until <= ?4 OR server_epoch < ?6))))";
constexpr std::string_view kRenew = sql<"UPDATE upload SET lease_until = ?3", kClaimed>;
constexpr std::string_view kPass = sql<"UPDATE upload SET claim_token = ?3, lease_until = ?4", kClaimed>;
constexpr std::string_view kReturn = sql<R"(
UPDATE upload SET state = 'uploading', claim_token = NULL, lease_until = NULL, updated_at = ?3,
    last_activity_at = ?3)",
                                         kClaimed>;
constexpr std::string_view kComplete = sql<R"(
UPDATE upload SET state = 'completed', item_ids = ?3, reserved_bytes = 0, claim_token = NULL, lease_until = NULL,
    updated_at = ?4, ended_at = ?4)",
                                           kClaimed>;
constexpr std::string_view kForgetProbed =
    "UPDATE upload_file SET probed = NULL WHERE upload_id = ?1 AND probed IS NOT NULL";
constexpr std::string_view kLockPostgres = "SELECT id FROM upload WHERE id = ?1 FOR UPDATE";
constexpr SqlText kFailable = R"(
  AND (state IN ('pending', 'uploading')
    OR (state = 'processing' AND (claim_token = ?3 OR lease_until <= ?4 OR server_epoch < ?5))))";
constexpr std::string_view kReserved =
    sql<"SELECT reserved_bytes FROM upload WHERE organization_id = ?1 AND id = ?2", kFailable>;
constexpr std::string_view kFail = sql<R"(
UPDATE upload SET state = 'failed', error_message = ?6, error_step = ?7, reserved_bytes = 0, claim_token = NULL,
    lease_until = NULL, updated_at = ?4, ended_at = ?4
WHERE organization_id = ?1 AND id = ?2)",
                                       kFailable>;
constexpr std::string_view kListOpen = sql<select_from<UploadRow>, R"(
WHERE organization_id = ?1 AND principal_id = ?2)",
                                           kOpen, " ORDER BY created_at DESC, id DESC LIMIT ?3">;
constexpr SqlText kIdle = R"(
WHERE last_activity_at < ?1 AND state IN ('pending', 'uploading', 'processing')
  AND (state <> 'processing' OR lease_until < ?1))";
constexpr std::string_view kListIdle = sql<select_from<UploadRow>, kIdle, " ORDER BY last_activity_at, id LIMIT ?2">;
constexpr SqlText kEnded = R"(
SELECT id FROM upload WHERE ended_at IS NOT NULL AND ended_at < ?1 ORDER BY ended_at, id LIMIT ?2)";
constexpr std::string_view kPurgeFiles = sql<"DELETE FROM upload_file WHERE upload_id IN (", kEnded, ")">;
constexpr std::string_view kPurge = sql<"DELETE FROM upload WHERE id IN (", kEnded, ")">;
constexpr std::string_view kCountIdle = sql<"SELECT count(*) FROM upload ", kIdle>;
constexpr std::string_view kListUnended = sql<select_from<UploadRow>, R"(
WHERE project_id = ?2 AND organization_id = ?1 AND ended_at IS NULL ORDER BY created_at, id LIMIT ?3)">;

constexpr SqlText kOfProject = R"(
WHERE organization_id = ?1 AND project_id = ?2 AND state = coalesce(CAST(?3 AS TEXT), state))";
constexpr std::string_view kList =
    sql<select_from<UploadRow>, kOfProject, " ORDER BY created_at DESC, id DESC LIMIT ?4 OFFSET ?5">;
constexpr std::string_view kCountAll = sql<"SELECT count(*) FROM upload ", kOfProject>;

} // namespace

Status insert_upload(Session& session, const UploadRow& row) {
    return done(session.execute(insert_into<UploadRow>, insert_values(row)));
}

Result<std::optional<UploadRow>> find_upload(Session& session, const OrganizationId& organization, const UploadId& id) {
    return session.first(kFind, read_as<UploadRow>, id, organization);
}

Result<std::optional<UploadRow>> find_upload_of_any_organization(Session& session, const UploadId& id) {
    return session.first(kFindAnywhere, read_as<UploadRow>, id);
}

Result<std::vector<UploadRow>> list_open_uploads(Session& session, const OrganizationId& organization,
                                                 std::string_view principal_id, std::int64_t limit) {
    return session.all(kListOpen, read_as<UploadRow>, organization, principal_id, limit);
}

Result<bool> record_progress(Session& session, const OrganizationId& organization, const UploadId& id,
                             const UploadProgress& progress, Timestamp at) {
    return changed(session.run(kProgress, organization, id, progress.status, progress.bytes_uploaded, at));
}

Result<bool> claim_upload(Session& session, const OrganizationId& organization, const UploadId& id,
                          const UploadClaim& claim) {
    return changed(session.run(kClaim, organization, id, claim.token, claim.now, claim.lease_until, claim.server_epoch,
                               claim.crs));
}

Result<bool> renew_upload_claim(Session& session, const UploadId& id, std::string_view token, Timestamp lease_until) {
    return changed(session.run(kRenew, id, token, lease_until));
}

Result<bool> pass_upload_claim(Session& session, const UploadId& id, std::string_view token, std::string_view to,
                               Timestamp lease_until) {
    return changed(session.run(kPass, id, token, to, lease_until));
}

Result<bool> return_upload(Session& session, const UploadId& id, std::string_view token, Timestamp at) {
    return changed(session.run(kReturn, id, token, at));
}

Result<bool> complete_upload(Session& session, const UploadId& id, std::string_view token,
                             std::string_view item_ids_json, Timestamp at) {
    TRY(const bool ours, changed(session.run(kComplete, id, token, item_ids_json, at)));
    if (ours)
        CHECK_OK(session.run(kForgetProbed, id));
    return ours;
}

Result<std::optional<std::int64_t>> fail_upload(Session& session, const OrganizationId& organization,
                                                const UploadId& id, const UploadFailure& failure) {
    if (session.engine() == Engine::Postgres)
        CHECK_OK(session.each(kLockPostgres, [](const Row&) {}, id));
    TRY(const auto reserved, session.first(kReserved, read_as<std::int64_t>, organization, id, failure.claim_token,
                                           failure.at, failure.server_epoch));
    if (!reserved)
        return std::optional<std::int64_t>{};
    TRY(const auto rows, session.run(kFail, organization, id, failure.claim_token, failure.at, failure.server_epoch,
                                     failure.message, failure.step));
    return rows > 0 ? reserved : std::nullopt;
}

Result<std::vector<UploadRow>> list_unended_uploads(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project, std::int64_t limit) {
    return session.all(kListUnended, read_as<UploadRow>, organization, project, limit);
}

Result<std::vector<UploadRow>> list_uploads(Session& session, const UploadQuery& query) {
    return session.all(kList, read_as<UploadRow>, query.organization_id, query.project_id, query.state, query.limit,
                       query.offset);
}

Result<std::int64_t> count_uploads(Session& session, const UploadQuery& query) {
    TRY(const auto count,
        session.first(kCountAll, read_as<std::int64_t>, query.organization_id, query.project_id, query.state));
    return count.value_or(0);
}

Result<std::vector<UploadRow>> list_idle_uploads(Session& session, Timestamp idle_since, std::int64_t limit) {
    return session.all(kListIdle, read_as<UploadRow>, idle_since, limit);
}

Result<std::int64_t> purge_uploads(Session& session, Timestamp before, std::int64_t limit) {
    CHECK_OK(session.run(kPurgeFiles, before, limit));
    return session.run(kPurge, before, limit);
}

Result<std::int64_t> count_idle_uploads(Session& session, Timestamp idle_since) {
    TRY(const auto count, session.first(kCountIdle, read_as<std::int64_t>, idle_since));
    return count.value_or(0);
}

} // namespace landfall::catalog

#include "catalog/work/part_upload.hpp"

#include "database/table_rows.hpp"

#include <algorithm>

namespace landfall::catalog {
namespace {

constexpr SqlText kInProgress = " AND state = 'in-progress'";
constexpr SqlText kOurs = " WHERE id = ?1 AND state = 'in-progress' AND claim_token = ?2";
/// Of a claim that nobody keeps alive any more: `?2` is now, `?3` the epoch of the caller's server.
constexpr SqlText kFree = " AND (claim_token IS NULL OR lease_until <= ?2 OR server_epoch < ?3)";
constexpr SqlText kOutsideSessions = " AND upload_id IS NULL AND state = 'in-progress'";

constexpr std::string_view kInsert =
    sql<insert_into<PartUploadRow>, " ON CONFLICT (target) WHERE state = 'in-progress' DO NOTHING">;
constexpr std::string_view kFind = sql<select_from<PartUploadRow>, " WHERE id = ?1 AND organization_id = ?2">;
constexpr std::string_view kFindAnywhere = sql<select_from<PartUploadRow>, " WHERE id = ?1">;
constexpr std::string_view kFindOpen =
    sql<select_from<PartUploadRow>, " WHERE organization_id = ?1 AND target = ?2", kInProgress>;
constexpr std::string_view kFindOfBlob = sql<select_from<PartUploadRow>, " WHERE blob_key = ?1">;
constexpr SqlText kOfTarget = R"(
WHERE organization_id = ?1 AND target = ?2 AND state = coalesce(CAST(?3 AS TEXT), state))";
constexpr std::string_view kListAfter = sql<select_from<PartUploadRow>, kOfTarget, " AND id > ?4 ORDER BY id LIMIT ?5">;
constexpr std::string_view kListBefore =
    sql<select_from<PartUploadRow>, kOfTarget, " AND id < ?4 ORDER BY id DESC LIMIT ?5">;
constexpr std::string_view kListOfSession =
    sql<select_from<PartUploadRow>, " WHERE upload_id = ?1", kInProgress, " ORDER BY file_name">;
constexpr std::string_view kListOfProject =
    sql<select_from<PartUploadRow>, " WHERE organization_id = ?1 AND project_id = ?2", kOutsideSessions,
        " ORDER BY id LIMIT ?3">;
constexpr std::string_view kListIdle = sql<select_from<PartUploadRow>, " WHERE last_activity_at < ?1", kOutsideSessions,
                                           " ORDER BY last_activity_at, id LIMIT ?2">;
constexpr std::string_view kSum = R"(
SELECT CAST(coalesce(sum(received_bytes), 0) AS BIGINT) FROM part_upload
WHERE upload_id = ?1 AND state = 'in-progress')";
constexpr std::string_view kIsOpen = "SELECT 1 FROM part_upload WHERE blob_key = ?1 AND state = 'in-progress'";

/// Also takes a stale claim away, with what its holder meant to put together. Locks the row.
constexpr std::string_view kReceive = R"(
UPDATE part_upload SET last_activity_at = ?2, claim_token = NULL, lease_until = NULL, etag = NULL, stored_size = NULL,
    stored_sha256 = NULL, parts_digest = NULL
WHERE id = ?1 AND state = 'in-progress' AND (claim_token IS NULL OR claim_token = ?3))";
constexpr std::string_view kPartSize = "SELECT size FROM part_upload_part WHERE part_upload_id = ?1 AND number = ?2";
constexpr std::string_view kPutPart = sql<insert_into<ArrivedPartRow>, R"(
ON CONFLICT (part_upload_id, number) DO UPDATE SET size = excluded.size, put_at = excluded.put_at)">;
constexpr std::string_view kGrow = "UPDATE part_upload SET received_bytes = received_bytes + ?2 WHERE id = ?1";
constexpr std::string_view kListParts =
    sql<select_from<ArrivedPartRow>, " WHERE part_upload_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3">;
constexpr std::string_view kForgetParts = "DELETE FROM part_upload_part WHERE part_upload_id = ?1";
constexpr std::string_view kReserve = "UPDATE part_upload SET reserved_bytes = reserved_bytes + ?2 WHERE id = ?1";
constexpr std::string_view kTouch = sql<"UPDATE part_upload SET last_activity_at = ?2 WHERE id = ?1", kInProgress>;

constexpr std::string_view kClaim =
    sql<"UPDATE part_upload SET claim_token = ?4, lease_until = ?5, server_epoch = ?3, last_activity_at = ?2 "
        "WHERE id = ?1",
        kInProgress, kFree>;
constexpr std::string_view kRenew = sql<"UPDATE part_upload SET lease_until = ?3", kOurs>;
constexpr std::string_view kReturn = sql<"UPDATE part_upload SET claim_token = NULL, lease_until = NULL", kOurs>;
constexpr std::string_view kSeal =
    sql<"UPDATE part_upload SET etag = ?3, stored_size = ?4, stored_sha256 = ?5, parts_digest = ?6", kOurs>;
constexpr std::string_view kComplete = sql<R"(
UPDATE part_upload SET state = 'completed', reserved_bytes = 0, received_bytes = 0, claim_token = NULL,
    lease_until = NULL, ended_at = ?3)",
                                           kOurs>;
constexpr SqlText kAborted = R"(
UPDATE part_upload SET state = 'aborted', reserved_bytes = 0, received_bytes = 0, claim_token = NULL,
    lease_until = NULL, etag = NULL, stored_size = NULL, stored_sha256 = NULL, parts_digest = NULL, ended_at = ?2
WHERE id = ?1)";
constexpr std::string_view kAbort = sql<kAborted, kInProgress, kFree>;
constexpr std::string_view kEnd = sql<kAborted, kInProgress>;
constexpr std::string_view kLockPostgres = "SELECT id FROM part_upload WHERE id = ?1 FOR UPDATE";
constexpr std::string_view kReserved = sql<"SELECT reserved_bytes FROM part_upload WHERE id = ?1", kInProgress>;
constexpr SqlText kEnded = R"(
SELECT id FROM part_upload WHERE ended_at IS NOT NULL AND ended_at < ?1 ORDER BY ended_at, id LIMIT ?2)";
constexpr std::string_view kPurge = sql<"DELETE FROM part_upload WHERE id IN (", kEnded, ")">;

/// What is reserved, with the row locked; nothing if it has ended.
Result<std::optional<std::int64_t>> lock_reserved(Session& session, const PartUploadId& id) {
    if (session.engine() == Engine::Postgres)
        CHECK_OK(session.each(kLockPostgres, [](const Row&) {}, id));
    return session.first(kReserved, read_as<std::int64_t>, id);
}

/// Nothing if the update changed nothing.
Result<std::optional<std::int64_t>> given_back(Session& session, const PartUploadId& id, Result<std::int64_t> rows,
                                               std::optional<std::int64_t> reserved) {
    TRY(const std::int64_t changed_rows, std::move(rows));
    if (changed_rows == 0)
        return std::optional<std::int64_t>();
    CHECK_OK(session.run(kForgetParts, id));
    return reserved;
}

} // namespace

Result<bool> insert_part_upload(Session& session, const PartUploadRow& row) {
    return changed(session.execute(kInsert, insert_values(row)));
}

Result<std::optional<PartUploadRow>> find_part_upload(Session& session, const OrganizationId& organization,
                                                      const PartUploadId& id) {
    return session.first(kFind, read_as<PartUploadRow>, id, organization);
}

Result<std::optional<PartUploadRow>> find_part_upload_of_any_organization(Session& session, const PartUploadId& id) {
    return session.first(kFindAnywhere, read_as<PartUploadRow>, id);
}

Result<std::optional<PartUploadRow>> find_open_part_upload(Session& session, const OrganizationId& organization,
                                                           std::string_view target) {
    return session.first(kFindOpen, read_as<PartUploadRow>, organization, target);
}

Result<std::optional<PartUploadRow>> find_part_upload_of_blob(Session& session, std::string_view blob_key) {
    return session.first(kFindOfBlob, read_as<PartUploadRow>, blob_key);
}

Result<std::vector<PartUploadRow>> list_part_uploads(Session& session, const PartUploadQuery& query) {
    if (query.before.empty())
        return session.all(kListAfter, read_as<PartUploadRow>, query.organization_id, query.target, query.state,
                           query.after, query.limit);
    TRY(auto rows, session.all(kListBefore, read_as<PartUploadRow>, query.organization_id, query.target, query.state,
                               query.before, query.limit));
    std::ranges::reverse(rows);
    return rows;
}

Result<std::vector<PartUploadRow>> list_open_part_uploads(Session& session, const UploadId& upload) {
    return session.all(kListOfSession, read_as<PartUploadRow>, upload);
}

Result<std::vector<PartUploadRow>> list_open_part_uploads(Session& session, const OrganizationId& organization,
                                                          const ProjectId& project, std::int64_t limit) {
    return session.all(kListOfProject, read_as<PartUploadRow>, organization, project, limit);
}

Result<std::vector<PartUploadRow>> list_idle_part_uploads(Session& session, Timestamp idle_since, std::int64_t limit) {
    return session.all(kListIdle, read_as<PartUploadRow>, idle_since, limit);
}

Result<std::int64_t> sum_part_bytes(Session& session, const UploadId& upload) {
    TRY(const auto sum, session.first(kSum, read_as<std::int64_t>, upload));
    return sum.value_or(0);
}

Result<bool> is_open_part_upload(Session& session, std::string_view blob_key) {
    TRY(const auto one, session.first(kIsOpen, [](const Row&) { return true; }, blob_key));
    return one.has_value();
}

Result<std::optional<std::int64_t>> count_part(Session& session, const ArrivedPartRow& part,
                                               const std::optional<std::string>& stale_claim) {
    TRY(const bool open, changed(session.run(kReceive, part.part_upload_id, part.put_at, stale_claim)));
    if (!open)
        return std::optional<std::int64_t>();
    TRY(const auto before, session.first(kPartSize, read_as<std::int64_t>, part.part_upload_id, part.number));
    CHECK_OK(session.execute(kPutPart, insert_values(part)));
    const std::int64_t more = part.size - before.value_or(0);
    CHECK_OK(session.run(kGrow, part.part_upload_id, more));
    return std::optional(more);
}

Result<std::vector<ArrivedPartRow>> list_arrived_parts(Session& session, const PartUploadId& id, std::int64_t after,
                                                       std::int64_t limit) {
    return session.all(kListParts, read_as<ArrivedPartRow>, id, after, limit);
}

Status move_part_reservation(Session& session, const PartUploadId& id, std::int64_t bytes) {
    return done(session.run(kReserve, id, bytes));
}

Status touch_part_upload(Session& session, const PartUploadId& id, Timestamp at) {
    return done(session.run(kTouch, id, at));
}

Result<bool> claim_part_upload(Session& session, const PartUploadId& id, const PartClaim& claim) {
    return changed(session.run(kClaim, id, claim.now, claim.server_epoch, claim.token, claim.lease_until));
}

Result<bool> renew_part_claim(Session& session, const PartUploadId& id, std::string_view token, Timestamp lease_until) {
    return changed(session.run(kRenew, id, token, lease_until));
}

Status return_part_claim(Session& session, const PartUploadId& id, std::string_view token) {
    return done(session.run(kReturn, id, token));
}

Result<bool> seal_part_upload(Session& session, const PartUploadId& id, std::string_view token, const PartSeal& seal) {
    return changed(session.run(kSeal, id, token, seal.etag, seal.size, seal.sha256, seal.parts_digest));
}

Result<bool> complete_part_upload(Session& session, const PartUploadId& id, std::string_view token, Timestamp at) {
    TRY(const bool ours, changed(session.run(kComplete, id, token, at)));
    if (ours)
        CHECK_OK(session.run(kForgetParts, id));
    return ours;
}

Result<std::optional<std::int64_t>> abort_part_upload(Session& session, const PartUploadId& id, const PartClaim& by) {
    TRY(const auto reserved, lock_reserved(session, id));
    return given_back(session, id, session.run(kAbort, id, by.now, by.server_epoch), reserved);
}

Result<std::optional<std::int64_t>> end_part_upload(Session& session, const PartUploadId& id, Timestamp at) {
    TRY(const auto reserved, lock_reserved(session, id));
    return given_back(session, id, session.run(kEnd, id, at), reserved);
}

Result<std::int64_t> purge_part_uploads(Session& session, Timestamp before, std::int64_t limit) {
    return session.run(kPurge, before, limit);
}

} // namespace landfall::catalog

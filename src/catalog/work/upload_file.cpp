#include "catalog/vocabulary.hpp"
#include "catalog/work/upload.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kOpen = " AND state IN ('pending', 'uploading')";
constexpr SqlText kFile = " WHERE upload_id = ?1 AND file_name = ?2";
constexpr std::string_view kStart = sql<R"(
UPDATE upload SET state = 'uploading', last_activity_at = ?2, updated_at = ?2 WHERE id = ?1)",
                                        kOpen>;
constexpr std::string_view kPutSlot = sql<insert_into<UploadFileRow>, R"(
ON CONFLICT (upload_id, file_name) DO UPDATE SET content_type = excluded.content_type)">;
constexpr std::string_view kRaiseCount = R"(
UPDATE upload SET file_count = (SELECT count(*) FROM upload_file WHERE upload_id = ?1)
WHERE id = ?1 AND file_count < (SELECT count(*) FROM upload_file WHERE upload_id = ?1))";
constexpr std::string_view kFind = sql<select_from<UploadFileRow>, kFile>;
constexpr std::string_view kList = sql<select_from<UploadFileRow>, " WHERE upload_id = ?1 ORDER BY file_name">;
constexpr std::string_view kNoteProbed = sql<"UPDATE upload_file SET probed = ?3", kFile>;
constexpr std::string_view kNoteOverQuota = sql<"UPDATE upload_file SET over_quota = 1", kFile>;
constexpr std::string_view kForgetUnsent = sql<"DELETE FROM upload_file", kFile, " AND blob_key IS NULL">;
constexpr std::string_view kForgetOverQuota = sql<"UPDATE upload_file SET over_quota = 0", kFile>;
constexpr std::string_view kCount = "SELECT count(*) FROM upload_file WHERE upload_id = ?1";
constexpr std::string_view kSum = R"(
SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM upload_file WHERE upload_id = ?1 AND file_name <> ?2)";
constexpr std::string_view kTouch =
    sql<"UPDATE upload SET last_activity_at = ?2, updated_at = ?2 WHERE id = ?1", kOpen>;
constexpr std::string_view kRaise = "UPDATE upload SET reserved_bytes = reserved_bytes + ?2 WHERE id = ?1";
constexpr std::string_view kBlob = sql<"SELECT blob_key FROM upload_file", kFile>;
constexpr std::string_view kOrphans = R"(
SELECT f.blob_key FROM upload_file f WHERE f.upload_id = ?1 AND f.blob_key IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM object o WHERE o.blob_key = f.blob_key))";
constexpr std::string_view kClear = "DELETE FROM upload_file WHERE upload_id = ?1";

} // namespace

Result<bool> sign_upload_file(Session& session, const UploadFileRow& row) {
    TRY(const bool open, changed(session.run(kStart, row.upload_id, row.created_at)));
    if (!open)
        return false;
    CHECK_OK(session.execute(kPutSlot, insert_values(row)));
    CHECK_OK(session.run(kRaiseCount, row.upload_id));
    return true;
}

Result<std::optional<UploadFileRow>> find_upload_file(Session& session, const UploadId& upload,
                                                      std::string_view file_name) {
    return session.first(kFind, read_as<UploadFileRow>, upload, file_name);
}

Result<std::vector<UploadFileRow>> list_upload_files(Session& session, const UploadId& upload) {
    return session.all(kList, read_as<UploadFileRow>, upload);
}

Status note_probed(Session& session, const UploadId& upload, std::string_view file_name, std::string_view probed) {
    return done(session.run(kNoteProbed, upload, file_name, probed));
}

Status note_over_quota(Session& session, const UploadId& upload, std::string_view file_name) {
    return done(session.run(kNoteOverQuota, upload, file_name));
}

Result<std::int64_t> count_upload_files(Session& session, const UploadId& upload) {
    TRY(const auto count, session.first(kCount, read_as<std::int64_t>, upload));
    return count.value_or(0);
}

Result<std::int64_t> sum_upload_bytes(Session& session, const UploadId& upload, std::string_view but_file_name) {
    TRY(const auto sum, session.first(kSum, read_as<std::int64_t>, upload, but_file_name));
    return sum.value_or(0);
}

Result<PutOutcome> record_put(Session& session, const PutRecord& put) {
    // The update locks the session's row, so that a claim cannot slip in between.
    TRY(const bool open, touch_upload(session, put.upload_id, put.at));
    if (!open)
        return PutOutcome{};
    TRY(const auto slot, session.first(kBlob, read_as<std::optional<std::string>>, put.upload_id, put.file_name));
    if (!slot)
        return PutOutcome{};
    CHECK_OK(session.execute(update_of<PutRecord>, update_values(put)));
    return PutOutcome{true, *slot};
}

Status forget_unsent_file(Session& session, const UploadId& upload, std::string_view file_name) {
    CHECK_OK(session.run(kForgetUnsent, upload, file_name));
    return done(session.run(kForgetOverQuota, upload, file_name));
}

Result<bool> touch_upload(Session& session, const UploadId& upload, Timestamp at) {
    return changed(session.run(kTouch, upload, at));
}

Status raise_reservation(Session& session, const UploadId& upload, std::int64_t bytes) {
    return done(session.run(kRaise, upload, bytes));
}

Result<std::vector<std::string>> clear_upload_files(Session& session, const UploadId& upload) {
    TRY(auto blobs, session.all(kOrphans, read_as<std::string>, upload));
    CHECK_OK(session.run(kClear, upload));
    return blobs;
}

} // namespace landfall::catalog

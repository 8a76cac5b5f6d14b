#include "catalog/vocabulary.hpp"
#include "catalog/work/upload.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "upload_id, organization_id, file_name, content_type, object_path, blob_key, size, md5, "
                             "sha256, put_at, created_at";
constexpr SqlText kOpen = " AND state IN ('pending', 'uploading')";
constexpr SqlText kFile = " WHERE upload_id = ?1 AND file_name = ?2";
constexpr std::string_view kStart = sql<R"(
UPDATE upload SET state = 'uploading', last_activity_at = ?2, updated_at = ?2 WHERE id = ?1)",
                                        kOpen>;
constexpr std::string_view kPutSlot = R"(
INSERT INTO upload_file (upload_id, organization_id, file_name, content_type, object_path, size, md5, sha256,
    created_at)
VALUES (?1, ?2, ?3, ?4, ?5, 0, '', '', ?6)
ON CONFLICT (upload_id, file_name) DO UPDATE SET content_type = excluded.content_type)";
constexpr std::string_view kRaiseCount = R"(
UPDATE upload SET file_count = (SELECT count(*) FROM upload_file WHERE upload_id = ?1)
WHERE id = ?1 AND file_count < (SELECT count(*) FROM upload_file WHERE upload_id = ?1))";
constexpr std::string_view kFind = sql<"SELECT ", kColumns, " FROM upload_file", kFile>;
constexpr std::string_view kList =
    sql<"SELECT ", kColumns, " FROM upload_file WHERE upload_id = ?1 ORDER BY file_name">;
constexpr std::string_view kSum = R"(
SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM upload_file WHERE upload_id = ?1 AND file_name <> ?2)";
constexpr std::string_view kTouch =
    sql<"UPDATE upload SET last_activity_at = ?2, updated_at = ?2 WHERE id = ?1", kOpen>;
constexpr std::string_view kRaise = "UPDATE upload SET reserved_bytes = reserved_bytes + ?2 WHERE id = ?1";
constexpr std::string_view kBlob = sql<"SELECT blob_key FROM upload_file", kFile>;
constexpr std::string_view kPut =
    sql<"UPDATE upload_file SET blob_key = ?3, size = ?4, md5 = ?5, sha256 = ?6, put_at = ?7", kFile>;
constexpr std::string_view kOrphans = R"(
SELECT f.blob_key FROM upload_file f WHERE f.upload_id = ?1 AND f.blob_key IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM object o WHERE o.blob_key = f.blob_key))";
constexpr std::string_view kClear = "DELETE FROM upload_file WHERE upload_id = ?1";

} // namespace

static auto fields_of(UploadFileRow& r) {
    return std::tie(r.upload_id, r.organization_id, r.file_name, r.content_type, r.object_path, r.blob_key, r.size,
                    r.md5, r.sha256, r.put_at, r.created_at);
}

Result<bool> sign_upload_file(Session& session, const UploadFileRow& row) {
    TRY(const bool open, changed(session.run(kStart, row.upload_id, row.created_at)));
    if (!open)
        return false;
    CHECK_OK(session.run(kPutSlot, row.upload_id, row.organization_id, row.file_name, row.content_type, row.object_path,
                         row.created_at));
    CHECK_OK(session.run(kRaiseCount, row.upload_id));
    return true;
}

Result<std::optional<UploadFileRow>> find_upload_file(Session& session, const UploadId& upload,
                                                      std::string_view file_name) {
    return session.first(kFind, read_row<UploadFileRow>, upload, file_name);
}

Result<std::vector<UploadFileRow>> list_upload_files(Session& session, const UploadId& upload) {
    return session.all(kList, read_row<UploadFileRow>, upload);
}

Result<std::int64_t> sum_upload_bytes(Session& session, const UploadId& upload, std::string_view but_file_name) {
    TRY(const auto sum, session.first(kSum, [](const Row& row) { return row.integer(0); }, upload, but_file_name));
    return sum.value_or(0);
}

Result<PutOutcome> record_put(Session& session, const PutRecord& put) {
    // The update locks the session's row, so that a claim cannot slip in between.
    TRY(const bool open, changed(session.run(kTouch, put.upload_id, put.at)));
    if (!open)
        return PutOutcome{};
    TRY(const auto slot,
        session.first(kBlob, [](const Row& row) { return row.opt_str(0); }, put.upload_id, put.file_name));
    if (!slot)
        return PutOutcome{};
    CHECK_OK(session.run(kPut, put.upload_id, put.file_name, put.blob_key, put.size, put.md5, put.sha256, put.at));
    return PutOutcome{true, *slot};
}

Status raise_reservation(Session& session, const UploadId& upload, std::int64_t bytes) {
    return session.run(kRaise, upload, bytes).map([](auto) {});
}

Result<std::vector<std::string>> clear_upload_files(Session& session, const UploadId& upload) {
    TRY(auto blobs, session.all(kOrphans, [](const Row& row) { return row.str(0); }, upload));
    CHECK_OK(session.run(kClear, upload));
    return blobs;
}

} // namespace landfall::catalog

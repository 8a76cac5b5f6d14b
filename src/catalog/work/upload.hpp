#pragma once
/// Upload sessions and their files (geopera.md sections 7.1 and 7.2). Every change of state is one conditional
/// update that tells whether it won.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

enum class UploadState { Pending, Uploading, Processing, Completed, Failed };

constexpr auto enum_names(schema::Of<UploadState>) {
    return std::array{std::pair{UploadState::Pending, std::string_view("pending")},
                      std::pair{UploadState::Uploading, std::string_view("uploading")},
                      std::pair{UploadState::Processing, std::string_view("processing")},
                      std::pair{UploadState::Completed, std::string_view("completed")},
                      std::pair{UploadState::Failed, std::string_view("failed")}};
}

struct UploadRow {
    UploadId id;
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<UserId> created_by;
    std::string principal_id; ///< user or API key that opened it
    std::string transfer_method = "browser";
    std::int64_t file_count = 1;
    std::int64_t total_bytes = 0;
    std::int64_t reserved_bytes = 0; ///< of the quota, still to be given back or used
    std::optional<CollectionId> target_collection_id;
    std::optional<ItemId> target_item_id;
    std::optional<std::string> asset_key;
    bool is_categorical = false;
    UploadState state = UploadState::Pending;
    std::int64_t bytes_uploaded = 0;            ///< as the client tells
    std::optional<std::string> progress_status; ///< as the client tells
    std::optional<std::string> error_message;
    std::optional<std::string> error_step;
    std::string item_ids = "[]"; ///< JSON array, set on completion
    std::optional<std::string> claim_token;
    std::optional<Timestamp> lease_until;
    std::optional<std::int64_t> server_epoch; ///< start of the server that claimed it
    Timestamp last_activity_at{};
    Timestamp created_at{};
    Timestamp updated_at{};
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> ended_at;
    std::optional<std::string> crs; ///< a code or WKT, of files that declare none; given by whoever claims it
};

constexpr auto columns(Of<UploadRow>) {
    using R = UploadRow;
    using enum Use;
    return table("upload", column("id", &R::id, Key), column("organization_id", &R::organization_id),
                 column("project_id", &R::project_id), column("created_by", &R::created_by),
                 column("principal_id", &R::principal_id), column("transfer_method", &R::transfer_method),
                 column("file_count", &R::file_count), column("total_bytes", &R::total_bytes),
                 column("reserved_bytes", &R::reserved_bytes), column("target_collection_id", &R::target_collection_id),
                 column("target_item_id", &R::target_item_id), column("asset_key", &R::asset_key),
                 column("is_categorical", &R::is_categorical), column("state", &R::state),
                 column("bytes_uploaded", &R::bytes_uploaded), column("progress_status", &R::progress_status),
                 column("error_message", &R::error_message), column("error_step", &R::error_step),
                 column("item_ids", &R::item_ids), column("claim_token", &R::claim_token),
                 column("lease_until", &R::lease_until), column("server_epoch", &R::server_epoch),
                 column("last_activity_at", &R::last_activity_at), column("created_at", &R::created_at),
                 column("updated_at", &R::updated_at), column("expires_at", &R::expires_at),
                 column("ended_at", &R::ended_at), column("crs", &R::crs));
}

/// Conflict if the id is taken.
Status insert_upload(Session& session, const UploadRow& row);
Result<std::optional<UploadRow>> find_upload(Session& session, const OrganizationId& organization, const UploadId& id);
/// By id alone: the storage path names no organization, its signature stands for it.
Result<std::optional<UploadRow>> find_upload_of_any_organization(Session& session, const UploadId& id);
/// Pending or uploading ones that the principal opened, newest first.
Result<std::vector<UploadRow>> list_open_uploads(Session& session, const OrganizationId& organization,
                                                 std::string_view principal_id, std::int64_t limit);
/// What a client tells of its transfer; what is absent stays as it was.
struct UploadProgress {
    std::optional<std::string> status;
    std::optional<std::int64_t> bytes_uploaded;
};
/// Notes what the client tells; never changes the state and does nothing once it has ended. False if unknown.
Result<bool> record_progress(Session& session, const OrganizationId& organization, const UploadId& id,
                             const UploadProgress& progress, Timestamp at);

struct UploadClaim {
    std::string token; ///< random, unique to this try
    Timestamp now{};
    Timestamp lease_until{};
    std::int64_t server_epoch = 0; ///< claims of an earlier epoch may be retaken at once
    std::optional<std::string> crs;
};
/// To processing, from pending or uploading, or from a processing whose lease has run out or whose server has been
/// restarted since. False: someone else holds it or it has ended.
Result<bool> claim_upload(Session& session, const OrganizationId& organization, const UploadId& id,
                          const UploadClaim& claim);
/// Prolongs a lease that still is ours. False: lost.
Result<bool> renew_upload_claim(Session& session, const UploadId& id, std::string_view token, Timestamp lease_until);
/// Gives a claim that still is ours to whoever has the other token. False: lost.
Result<bool> pass_upload_claim(Session& session, const UploadId& id, std::string_view token, std::string_view to,
                               Timestamp lease_until);
/// From processing under our token back to uploading (quota short, say). False: lost.
Result<bool> return_upload(Session& session, const UploadId& id, std::string_view token, Timestamp at);
/// From processing under our token to completed, the reservation set to 0. False: lost.
Result<bool> complete_upload(Session& session, const UploadId& id, std::string_view token,
                             std::string_view item_ids_json, Timestamp at);
struct UploadFailure {
    std::string message;
    std::string step;
    Timestamp at{};
    std::optional<std::string> claim_token; ///< fail a processing one that we hold
    std::int64_t server_epoch = 0;          ///< fail a processing one whose server has been restarted since, too
};
/// To failed, also from a processing whose lease has run out; gives the bytes that were reserved (0 if none) for the
/// caller to release, nothing if it lost.
Result<std::optional<std::int64_t>> fail_upload(Session& session, const OrganizationId& organization,
                                                const UploadId& id, const UploadFailure& failure);
/// Pending or uploading ones without activity since `idle_since`, and processing ones whose lease ran out before it, of
/// every organization, longest idle first.
Result<std::vector<UploadRow>> list_idle_uploads(Session& session, Timestamp idle_since, std::int64_t limit);
/// How many these are in all.
Result<std::int64_t> count_idle_uploads(Session& session, Timestamp idle_since);

/// Removes at most `limit` sessions of every organization that ended before; how many.
Result<std::int64_t> purge_uploads(Session& session, Timestamp before, std::int64_t limit);

/// Those of a project that have not ended, oldest first.
Result<std::vector<UploadRow>> list_unended_uploads(Session& session, const OrganizationId& organization,
                                                    const ProjectId& project, std::int64_t limit);

struct UploadQuery {
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<UploadState> state;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
/// Those of a project, the newest first.
Result<std::vector<UploadRow>> list_uploads(Session& session, const UploadQuery& query);
/// How many these are in all.
Result<std::int64_t> count_uploads(Session& session, const UploadQuery& query);

struct UploadFileRow {
    UploadId upload_id;
    OrganizationId organization_id;
    std::string file_name; ///< unique within the upload
    std::string content_type;
    std::string object_path;             ///< `uploads/{upload_id}/{file_name}`
    std::optional<std::string> blob_key; ///< of the last acknowledged PUT
    std::int64_t size = 0;
    std::string md5;    ///< hexadecimal, or an S3 multipart ETag
    std::string sha256; ///< hexadecimal
    std::optional<Timestamp> put_at;
    Timestamp created_at{};
    std::optional<std::string> probed; ///< JSON: what was found in it while the session was read in parts
    bool over_quota = false;           ///< its last PUT did not fit the quota
};

constexpr auto columns(Of<UploadFileRow>) {
    using R = UploadFileRow;
    using enum Use;
    return table("upload_file", column("upload_id", &R::upload_id, Key), column("organization_id", &R::organization_id),
                 column("file_name", &R::file_name, Key), column("content_type", &R::content_type),
                 column("object_path", &R::object_path), column("blob_key", &R::blob_key), column("size", &R::size),
                 column("md5", &R::md5), column("sha256", &R::sha256), column("put_at", &R::put_at),
                 column("created_at", &R::created_at), column("probed", &R::probed),
                 column("over_quota", &R::over_quota));
}

/// Records the slot of a signed file, or changes its content type, raises file_count to the number of slots, and
/// moves the session from pending to uploading. False unless it is pending or uploading.
Result<bool> sign_upload_file(Session& session, const UploadFileRow& row);
Result<std::optional<UploadFileRow>> find_upload_file(Session& session, const UploadId& upload,
                                                      std::string_view file_name);
/// By name.
Result<std::vector<UploadFileRow>> list_upload_files(Session& session, const UploadId& upload);
/// Notes what was found in a file.
Status note_probed(Session& session, const UploadId& upload, std::string_view file_name, std::string_view probed);
/// Notes that a PUT of the file did not fit the quota, until one is recorded.
Status note_over_quota(Session& session, const UploadId& upload, std::string_view file_name);
Result<std::int64_t> count_upload_files(Session& session, const UploadId& upload);
/// Bytes of the session's acknowledged files, but for the named one.
Result<std::int64_t> sum_upload_bytes(Session& session, const UploadId& upload, std::string_view but_file_name);

struct PutRecord {
    UploadId upload_id;
    std::string file_name;
    std::string blob_key;
    std::int64_t size = 0;
    std::string md5;
    std::string sha256;
    Timestamp at{};
    bool over_quota = false;
};

constexpr auto columns(Of<PutRecord>) {
    using R = PutRecord;
    using enum Use;
    return excerpt("upload_file", column("upload_id", &R::upload_id, Key), column("file_name", &R::file_name, Key),
                   column("blob_key", &R::blob_key, Mutable), column("size", &R::size, Mutable),
                   column("md5", &R::md5, Mutable), column("sha256", &R::sha256, Mutable),
                   column("put_at", &R::at, Mutable), column("over_quota", &R::over_quota, Mutable));
}
struct PutOutcome {
    bool accepted = false;                    ///< false: the session no longer takes files; delete the new blob
    std::optional<std::string> previous_blob; ///< replaced by this PUT; delete it after the commit
};
/// Forgets the slot of a file that was never stored, and of another one that the quota had no room for its successor.
Status forget_unsent_file(Session& session, const UploadId& upload, std::string_view file_name);
/// Something came for the session; locks its row. False unless it is pending or uploading.
Result<bool> touch_upload(Session& session, const UploadId& upload, Timestamp at);
/// Changes what the session reserves, as the caller has in the ledger, by `bytes`.
Status raise_reservation(Session& session, const UploadId& upload, std::int64_t bytes);
/// Makes the blob the file's content, only while the session is pending or uploading and the slot exists.
Result<PutOutcome> record_put(Session& session, const PutRecord& put);
/// Forgets the files of an ended session; gives the blobs for the caller to delete after the commit, except those
/// that became objects.
Result<std::vector<std::string>> clear_upload_files(Session& session, const UploadId& upload);

} // namespace landfall::catalog

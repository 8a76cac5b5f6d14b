#pragma once
/// Upload sessions: opening, signing, progress, failing. Completing them is `ingest.hpp`, receiving the bytes
/// `upload_bytes.hpp`. Contract: geopera.md sections 7.1 to 7.3.

#include "catalog/work/upload.hpp"
#include "domain/context.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct NewUpload {
    ProjectId project_id;
    std::string transfer_method;
    std::int64_t file_count = 1;
    std::int64_t total_bytes = 0;
    std::optional<CollectionId> target_collection_id;
    std::optional<ItemId> target_item_id;
    std::optional<std::string> asset_key;
    bool is_categorical = false;
};
/// Opens a session and reserves its bytes. PaymentRequired if they do not fit the quota (nothing is reserved then),
/// NotFound for targets outside the project, Conflict for an asset key that the target item has.
Result<catalog::UploadRow> initiate_upload(Context& cx, const NewUpload& wanted);

/// Opens the slot of one file of an open session, and gives the session. InvalidArgument for a name or type that can't
/// be, or beyond the most files; Conflict once it has ended.
Result<catalog::UploadRow> open_upload_file(Context& cx, const UploadId& id, const std::string& file_name,
                                            const std::string& content_type);

struct SignedUpload {
    std::string upload_url;  ///< absolute, for one PUT-able file
    std::string object_path; ///< `uploads/{upload_id}/{file_name}`
};
/// Mints a URL for one file of an open session. Conflict once it has ended.
Result<SignedUpload> sign_upload(Context& cx, const UploadId& id, const std::string& file_name,
                                 const std::string& content_type);

/// Notes what the client tells (of the status the first 1000 bytes); never changes the session's state.
Result<catalog::UploadRow> report_progress(Context& cx, const UploadId& id, catalog::UploadProgress progress);

/// Ends an open session and gives its reservation and bytes back. Failing a failed one changes nothing; Conflict for a
/// completed or processing one.
Result<catalog::UploadRow> fail_upload(Context& cx, const UploadId& id, const std::string& message,
                                       const std::optional<std::string>& step);

/// Ends an open session for whatever reason: reservation and bytes are given back, and it is told. `reason` names the
/// entries of the usage ledger. Nothing if it had ended, or another call holds it.
Result<bool> end_upload(catalog::Transaction& transaction, const catalog::UploadRow& upload,
                        const catalog::UploadFailure& failure, std::string_view reason);

/// The session, if the caller may go on with it: its creator, or an editor of its project.
Result<catalog::UploadRow> require_upload(Context& cx, const UploadId& id);

/// A name that a file may have within a session: 1..255 bytes of UTF-8, no path separators, no control characters,
/// not `.` or `..`. InvalidArgument otherwise.
Status check_file_name(const std::string& name);
/// A media type that may stand in a header line. InvalidArgument otherwise.
Status check_content_type(const std::string& type);
/// A key that an asset may have. InvalidArgument otherwise.
Status check_asset_key(const std::string& key);

} // namespace landfall::domain

#include "domain/ingest/uploads.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/collection.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "core/text.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/work/part_end.hpp"
#include "storage/sigv4.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

/// No organization stores more, so that its sums never leave 64 bits.
constexpr std::int64_t kCountableBytes = 1LL << 60;

auto ended(const catalog::UploadRow& upload) {
    return fail(Code::Conflict, fmt::format("The upload is {}; start a new one with uploads.initiate",
                                            schema::enum_text(upload.state)));
}

bool is_open(const catalog::UploadRow& upload) {
    return upload.state == catalog::UploadState::Pending || upload.state == catalog::UploadState::Uploading;
}

Status check_targets(Context& cx, const NewUpload& wanted) {
    if (wanted.target_collection_id) {
        TRY(const auto collection,
            catalog::find_collection(cx.session, cx.principal.organization_id, *wanted.target_collection_id));
        if (!collection || collection->project_id != wanted.project_id)
            return fail(Code::NotFound, "The project has no such collection (target_collection_id)");
    }
    if (wanted.asset_key)
        CHECK_OK(check_asset_key(*wanted.asset_key));
    if (!wanted.target_item_id)
        return {};
    TRY(const auto item, catalog::find_item(cx.session, cx.principal.organization_id, *wanted.target_item_id));
    if (!item || item->project_id != wanted.project_id)
        return fail(Code::NotFound, "The project has no such item (target_item_id)");
    if (wanted.target_collection_id && item->collection_id != wanted.target_collection_id)
        return fail(Code::Conflict, "The target item does not lie in the target collection; name one of them only");
    CHECK_OK(check_room(cx.session, item->organization_id, item->id, wanted.file_count));
    if (wanted.asset_key) {
        TRY(const auto assets, catalog::list_assets(cx.session, item->organization_id, item->id));
        if (std::any_of(assets.begin(), assets.end(), [&](const auto& a) { return a.key == *wanted.asset_key; }))
            return fail(
                Code::Conflict,
                fmt::format("The target item has an asset '{}' already; choose another asset_key", *wanted.asset_key));
    }
    return {};
}

std::string object_path_of(const UploadId& id, const std::string& file_name) {
    return fmt::format("uploads/{}/{}", id.str(), file_name);
}

/// Whether the session may have another file.
Status check_one_more(Context& cx, const catalog::UploadRow& upload) {
    const std::int64_t most = cx.services.settings.limits.files_per_upload;
    TRY(const auto files, catalog::count_upload_files(cx.session, upload.id));
    if (most > 0 && files >= most)
        return fail_field("file_name", fmt::format("One upload session takes at most {} files", most));
    if (!upload.target_item_id)
        return {};
    return check_room(cx.session, upload.organization_id, *upload.target_item_id, files + 1);
}

} // namespace

Result<catalog::UploadRow> initiate_upload(Context& cx, const NewUpload& wanted) {
    TRY(const auto project, require_writable_project(cx, wanted.project_id, ProjectRole::Editor));
    CHECK_OK(check_targets(cx, wanted));
    const Limits& limits = cx.services.settings.limits;
    if (limits.files_per_upload > 0 && wanted.file_count > limits.files_per_upload)
        return fail_field("file_count",
                          fmt::format("One upload session takes at most {} files", limits.files_per_upload));
    catalog::UploadRow row;
    row.id = UploadId::make();
    row.organization_id = project.organization_id;
    row.project_id = project.id;
    row.created_by = cx.principal.user_id;
    row.principal_id = cx.principal.id;
    row.transfer_method = wanted.transfer_method;
    row.file_count = wanted.file_count;
    row.total_bytes = row.reserved_bytes = wanted.total_bytes;
    row.target_collection_id = wanted.target_collection_id;
    row.target_item_id = wanted.target_item_id;
    row.asset_key = wanted.asset_key;
    row.is_categorical = wanted.is_categorical;
    row.created_at = row.updated_at = row.last_activity_at = cx.now;
    if (limits.upload_idle_seconds > 0)
        row.expires_at = cx.now + std::chrono::seconds(limits.upload_idle_seconds);
    TRY(const auto storage, catalog::read_storage(cx.session, project.organization_id));
    const bool countable = wanted.total_bytes <= kCountableBytes - storage.used - storage.reserved;
    TRY(const bool fits, countable ? catalog::reserve_storage(cx.session, {project.organization_id, wanted.total_bytes,
                                                                           "uploads.initiate", row.id.str(), cx.now})
                                   : Result<bool>(false));
    if (!fits) {
        return fail(Code::PaymentRequired,
                    fmt::format("The storage quota is short: {} bytes are asked for and {} are free. Delete data or "
                                "raise the quota, then try again",
                                wanted.total_bytes,
                                storage.available().value_or(kCountableBytes - storage.used - storage.reserved)));
    }
    CHECK_OK(catalog::insert_upload(cx.session, row));
    cx.touch(row.id.str());
    return row;
}

Result<catalog::UploadRow> require_upload(Context& cx, const UploadId& id) {
    TRY(const auto upload, catalog::find_upload(cx.session, cx.principal.organization_id, id));
    if (cx.principal.organization_id.empty() || !upload)
        return fail(Code::NotFound, "Upload not found");
    if (upload->principal_id != cx.principal.id)
        CHECK_OK(require_project(cx, upload->project_id, ProjectRole::Editor));
    TRY(const auto project, catalog::find_project(cx.session, upload->organization_id, upload->project_id));
    if (!project)
        return fail(Code::NotFound, "Upload not found");
    cx.touch(upload->id.str());
    return *upload;
}

Result<catalog::UploadRow> open_upload_file(Context& cx, const UploadId& id, const std::string& file_name,
                                            const std::string& content_type) {
    TRY(auto upload, require_upload(cx, id));
    CHECK_OK(check_file_name(file_name));
    CHECK_OK(check_content_type(content_type));
    if (!is_open(upload))
        return ended(upload);
    TRY(const auto known, catalog::find_upload_file(cx.session, id, file_name));
    if (!known)
        CHECK_OK(check_one_more(cx, upload));
    catalog::UploadFileRow file;
    file.upload_id = id;
    file.organization_id = upload.organization_id;
    file.file_name = file_name;
    file.content_type = content_type;
    file.object_path = object_path_of(id, file_name);
    file.created_at = cx.now;
    TRY(const bool open, catalog::sign_upload_file(cx.session, file));
    if (!open)
        return ended(upload);
    return upload;
}

Result<SignedUpload> sign_upload(Context& cx, const UploadId& id, const std::string& file_name,
                                 const std::string& content_type) {
    CHECK_OK(open_upload_file(cx, id, file_name, content_type));
    const Settings& settings = cx.services.settings;
    SignedUpload out;
    out.object_path = object_path_of(id, file_name);
    storage::PresignRequest request;
    request.method = "PUT";
    request.origin = cx.origin();
    request.path = fmt::format("/storage/{}/{}", settings.bucket, out.object_path);
    request.headers = {{"content-type", content_type}};
    request.lifetime = std::chrono::seconds(settings.limits.upload_url_seconds);
    request.region = settings.region;
    out.upload_url = storage::presign(cx.services.signing_key, request, cx.now);
    return out;
}

Result<catalog::UploadRow> report_progress(Context& cx, const UploadId& id, catalog::UploadProgress progress) {
    TRY(auto upload, require_upload(cx, id));
    if (progress.status)
        progress.status = clean_utf8(*progress.status, 1000);
    CHECK_OK(catalog::record_progress(cx.session, upload.organization_id, id, progress, cx.now));
    TRY(const auto after, catalog::find_upload(cx.session, upload.organization_id, id));
    return after.value_or(std::move(upload));
}

Result<catalog::UploadRow> fail_upload(Context& cx, const UploadId& id, const std::string& message,
                                       const std::optional<std::string>& step) {
    TRY(auto upload, require_upload(cx, id));
    if (upload.state == catalog::UploadState::Failed)
        return upload;
    catalog::UploadFailure failure;
    failure.message = clean_utf8(message, 4096);
    failure.step = clean_utf8(step.value_or("client"), 256);
    failure.at = cx.now;
    failure.server_epoch = cx.services.server_epoch;
    TRY(const bool done, end_upload(cx.transaction, upload, failure, "uploads.fail"));
    TRY(const auto after, catalog::find_upload(cx.session, upload.organization_id, id));
    if (!done) {
        // Another call may have failed it since it was read: then this one is a repeat.
        if (after && after->state == catalog::UploadState::Failed)
            return *after;
        return ended(after.value_or(std::move(upload)));
    }
    return after.value_or(std::move(upload));
}

Result<bool> end_upload(catalog::Transaction& transaction, const catalog::UploadRow& upload,
                        const catalog::UploadFailure& failure, std::string_view reason) {
    database::Session& session = transaction.session;
    TRY(const auto reserved, catalog::fail_upload(session, upload.organization_id, upload.id, failure));
    if (!reserved)
        return false;
    CHECK_OK(catalog::release_storage(
        session, {upload.organization_id, *reserved, std::string(reason), upload.id.str(), failure.at}));
    TRY(const auto parts, catalog::list_open_part_uploads(session, upload.id));
    for (const auto& part : parts)
        CHECK_OK(end_parts(transaction, part, reason, failure.at));
    TRY(const auto blobs, catalog::clear_upload_files(session, upload.id));
    transaction.release(blobs);
    const Json data = Json::object({{"project_id", upload.project_id.str()}, {"message", failure.message}});
    CHECK_OK(catalog::record_event(transaction, {catalog::event::kUploadFailed, upload.organization_id, upload.id.str(),
                                                 failure.at, data.dump()}));
    return true;
}

Status check_file_name(const std::string& name) {
    const bool path =
        name == "." || name == ".." || name.find('/') != std::string::npos || name.find('\\') != std::string::npos;
    if (name.empty() || path || has_control(name))
        return fail_field("file_name",
                          "A file name needs no path separators or control characters and is not '.' or '..'");
    if (name.size() > 255)
        return fail_field("file_name", "A file name has at most 255 bytes in UTF-8");
    return {};
}

Status check_content_type(const std::string& type) {
    const bool printable = std::all_of(type.begin(), type.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
    if (type.empty() || type.size() > 255 || !printable || type.front() == ' ' || type.back() == ' ')
        return fail_field("content_type", "content_type must be a media type such as image/tiff");
    return {};
}

Status check_asset_key(const std::string& key) {
    if (key.empty() || key.size() > 255 || has_control(key) || key.find('/') != std::string::npos)
        return fail_field("asset_key", "An asset key has 1 to 255 bytes, no slash and no control characters");
    return {};
}

} // namespace landfall::domain

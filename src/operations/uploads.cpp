#include "domain/ingest/uploads.hpp"

#include "domain/ingest/ingest_job.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kMethods[] = {"browser", "cli", "cloud_transfer", "signed_url"};

struct UploadInitiate {
    ProjectId project_id;
    std::string transfer_method = "browser";
    std::int64_t file_count = 1;
    std::int64_t total_bytes = 0;
    std::optional<CollectionId> target_collection_id;
    std::optional<ItemId> target_item_id;
    std::optional<std::string> asset_key;
    bool is_categorical = false;
};

constexpr auto describe(schema::Of<UploadInitiate>) {
    using schema::field;
    using T = UploadInitiate;
    return schema::fields(
        field("project_id", &T::project_id, {.required = true}),
        field("transfer_method", &T::transfer_method, {.one_of = kMethods}),
        field("file_count", &T::file_count, {.text = "Files in the session", .min = 1}),
        field("total_bytes", &T::total_bytes, {.text = "Sum over all files, bytes; reserved at once", .min = 0}),
        field("target_collection_id", &T::target_collection_id, {.text = "Where new items go"}),
        field("target_item_id", &T::target_item_id, {.text = "Adds the files to this item instead of making new ones"}),
        field("asset_key", &T::asset_key, {.text = "Key of the asset that the primary file becomes"}),
        field("is_categorical", &T::is_categorical, {.text = "The values are classes, not measurements"}));
}

struct UploadOutput {
    UploadId id;
    ProjectId project_id;
    std::string status;
    std::int64_t file_count = 0, total_bytes = 0, bytes_uploaded = 0;
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;
};

constexpr auto describe(schema::Of<UploadOutput>) {
    using schema::field;
    using T = UploadOutput;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("project_id", &T::project_id, {.required = true}),
        field("status", &T::status, {.required = true}), field("file_count", &T::file_count, {.required = true}),
        field("total_bytes", &T::total_bytes, {.required = true}),
        field("bytes_uploaded", &T::bytes_uploaded, {.required = true}),
        field("created_at", &T::created_at, {.required = true}), field("expires_at", &T::expires_at));
}

UploadOutput output(const catalog::UploadRow& row) {
    return {row.id,         row.project_id,  std::string(schema::enum_text(row.state)),
            row.file_count, row.total_bytes, row.bytes_uploaded,
            row.created_at, row.expires_at};
}

constexpr OperationSpec kInitiate{
    .id = "uploads.initiate",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Open an upload session and reserve its bytes of the storage quota.",
    .errors = Code::PaymentRequired | Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<UploadOutput> initiate(domain::Context& cx, const UploadInitiate& in) {
    cx.keep_caches();
    TRY(const auto row,
        domain::initiate_upload(cx, {in.project_id, in.transfer_method, in.file_count, in.total_bytes,
                                     in.target_collection_id, in.target_item_id, in.asset_key, in.is_categorical}));
    return output(row);
}

struct SignedUrlInput {
    UploadId upload_id;
    std::string file_name;
    std::string content_type = "application/octet-stream";
};

constexpr auto describe(schema::Of<SignedUrlInput>) {
    using schema::field;
    using T = SignedUrlInput;
    return schema::fields(
        field("upload_id", &T::upload_id, {.required = true}),
        field("file_name", &T::file_name, {.required = true, .min_length = 1}),
        field("content_type", &T::content_type, {.text = "The Content-Type that the PUT must carry"}));
}

struct SignedUrlOutput {
    std::string upload_url, object_path;
};

constexpr auto describe(schema::Of<SignedUrlOutput>) {
    using schema::field;
    using T = SignedUrlOutput;
    return schema::fields(field("upload_url", &T::upload_url, {.text = "PUT the bytes here", .required = true}),
                          field("object_path", &T::object_path, {.required = true}));
}

constexpr OperationSpec kSignedUrl{
    .id = "uploads.signed_url",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Mint a short-lived URL to which one file's bytes are PUT.",
    .errors = Code::Conflict,
};

Result<SignedUrlOutput> signed_url(domain::Context& cx, const SignedUrlInput& in) {
    cx.keep_caches();
    TRY(auto made, domain::sign_upload(cx, in.upload_id, in.file_name, in.content_type));
    return SignedUrlOutput{std::move(made.upload_url), std::move(made.object_path)};
}

struct UploadProgressInput {
    UploadId upload_id;
    std::optional<std::string> status;
    std::optional<std::int64_t> bytes_uploaded;
};

constexpr auto describe(schema::Of<UploadProgressInput>) {
    using schema::field;
    using T = UploadProgressInput;
    return schema::fields(field("upload_id", &T::upload_id, {.required = true}),
                          field("status", &T::status, {.text = "Any text; 1000 bytes of it are kept"}),
                          field("bytes_uploaded", &T::bytes_uploaded, {.text = "Bytes so far", .min = 0}));
}

constexpr OperationSpec kProgress{
    .id = "uploads.progress",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Note how far a transfer is; informational only.",
};

Result<UploadOutput> progress(domain::Context& cx, const UploadProgressInput& in) {
    cx.keep_caches();
    TRY(const auto row, domain::report_progress(cx, in.upload_id, {in.status, in.bytes_uploaded}));
    return output(row);
}

/// The body is free-form: extra members are ignored, and a lone open session needs no id.
struct UploadCompleteInput {
    std::optional<std::string> upload_id, crs;
};

constexpr auto describe(schema::Of<UploadCompleteInput>) {
    using schema::field;
    return schema::fields(field("upload_id", &UploadCompleteInput::upload_id,
                                {.text = "May be left out while exactly one upload of the caller is open"}),
                          field("crs", &UploadCompleteInput::crs,
                                {.text = "Of files that declare none: a code such as EPSG:2056, or WKT",
                                 .min_length = 1,
                                 .max_length = 16 * 1024}));
}

struct UploadCompleteOutput {
    UploadId id;
    std::vector<std::string> item_ids;
    std::string status = "completed";
    std::vector<domain::UploadWarning> warnings;
};

constexpr auto describe(schema::Of<UploadCompleteOutput>) {
    using schema::field;
    using T = UploadCompleteOutput;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("item_ids", &T::item_ids, {.required = true}),
        field("status", &T::status,
              {.text = "completed; or processing: the rest is read later, uploads.progress tells when "
                       "that is over, and completing again the item ids",
               .required = true}),
        field("warnings", &T::warnings, {.text = "What was found odd in files that became assets"}));
}

constexpr OperationSpec kComplete{
    .id = "uploads.complete",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Turn a session's files into items with assets, statistics and a default profile.",
    .errors = Code::PaymentRequired | Code::Conflict,
    .body_limit = 64 * 1024, // ingest may take minutes: nothing large is held meanwhile
};

Result<domain::PreparedIngest> prepare_complete(domain::Call& call, const UploadCompleteInput& in) {
    TRY(const auto id, domain::resolve_upload(call, in.upload_id));
    return domain::prepare_ingest(call, id, in.crs);
}

Result<UploadCompleteOutput> commit_complete(domain::Context& cx, const UploadCompleteInput&,
                                             domain::PreparedIngest& prepared) {
    UploadCompleteOutput out;
    out.id = prepared.upload.id;
    if (prepared.unfinished) {
        CHECK_OK(domain::hand_over_ingest(cx, prepared));
        out.status = schema::enum_text(catalog::UploadState::Processing);
        return out;
    }
    TRY(out.item_ids, domain::commit_ingest(cx, prepared));
    TRY(out.warnings, domain::upload_warnings(cx, prepared.upload, out.item_ids));
    return out;
}

struct UploadFailInput {
    UploadId upload_id;
    std::string error_message;
    std::optional<std::string> error_step;
};

constexpr auto describe(schema::Of<UploadFailInput>) {
    using schema::field;
    using T = UploadFailInput;
    return schema::fields(field("upload_id", &T::upload_id, {.required = true}),
                          field("error_message", &T::error_message, {.required = true}),
                          field("error_step", &T::error_step));
}

constexpr OperationSpec kFail{
    .id = "uploads.fail",
    .scope = "uploads:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a session up and its reservation back.",
    .errors = Code::Conflict,
};

Result<UploadOutput> give_up(domain::Context& cx, const UploadFailInput& in) {
    TRY(const auto row, domain::fail_upload(cx, in.upload_id, in.error_message, in.error_step));
    return output(row);
}

} // namespace

void add_uploads(Registry& registry) {
    registry.write(kInitiate, initiate);
    registry.write(kSignedUrl, signed_url);
    registry.write(kProgress, progress);
    registry.prepared_write(kComplete, prepare_complete, commit_complete);
    registry.write(kFail, give_up);
}

} // namespace landfall::operations

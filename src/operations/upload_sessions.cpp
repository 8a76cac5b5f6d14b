#include "domain/ingest/upload_sessions.hpp"

#include "core/text.hpp"
#include "domain/ingest/ingest.hpp"
#include "domain/ingest/preflight.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kFileStates[] = {"open", "stored"};
constexpr schema::Rules kStatus{.text = "pending, uploading, processing, completed or failed"};

struct UploadFile {
    std::string file_name;
    std::int64_t size = 0;
    std::string state;
    std::optional<std::string> etag, sha256;
    std::optional<PartUploadId> parts_id;
    std::optional<std::int64_t> part_size;
};

constexpr auto describe(schema::Of<UploadFile>) {
    using schema::field;
    using T = UploadFile;
    return schema::fields(
        field("file_name", &T::file_name, {.required = true}),
        field(
            "size", &T::size,
            {.text = "Bytes that are stored; of a file in parts as it was told, else what has come", .required = true}),
        field("state", &T::state, {.text = "open: it is still to be sent", .required = true, .one_of = kFileStates}),
        field("etag", &T::etag,
              {.text = "MD5, hexadecimal; of a file that came in parts, that of their MD5s, a hyphen, "
                       "and how many they are",
               .sparse = true}),
        field("sha256", &T::sha256, {.text = "Hexadecimal, once it is known", .sparse = true}),
        field("parts_id", &T::parts_id, {.text = "Of the upload in parts that is in progress", .sparse = true}),
        field("part_size", &T::part_size, {.sparse = true}));
}

struct UploadSession {
    UploadId id;
    ProjectId project_id;
    std::string status;
    std::int64_t file_count = 0, total_bytes = 0, bytes_uploaded = 0, reserved_bytes = 0;
    Timestamp created_at{};
    std::optional<Timestamp> expires_at;
    std::vector<UploadFile> files;
    std::optional<std::string> error_message, error_step;
    std::vector<domain::UploadWarning> warnings;
    std::vector<std::string> item_ids;
};

constexpr auto describe(schema::Of<UploadSession>) {
    using schema::field;
    using T = UploadSession;
    return schema::fields(
        field("id", &T::id, {.required = true}), field("project_id", &T::project_id, {.required = true}),
        field("status", &T::status, {.text = kStatus.text, .required = true}),
        field("file_count", &T::file_count, {.required = true}),
        field("total_bytes", &T::total_bytes, {.text = "As they were announced", .required = true}),
        field("bytes_uploaded", &T::bytes_uploaded, {.text = "As the client tells", .required = true}),
        field("reserved_bytes", &T::reserved_bytes, {.text = "Of the quota, at the moment", .required = true}),
        field("created_at", &T::created_at, {.required = true}), field("expires_at", &T::expires_at),
        field("files", &T::files, {.text = "By name", .required = true}), field("error_message", &T::error_message),
        field("error_step", &T::error_step),
        field("warnings", &T::warnings, {.text = "What was found odd in files that became assets", .required = true}),
        field("item_ids", &T::item_ids, {.text = "Once it is completed", .required = true}));
}

UploadFile output(const domain::ShownFile& file) {
    UploadFile out;
    out.file_name = file.row.file_name;
    out.size = file.row.size;
    const bool stored = file.row.blob_key && !file.parts;
    out.state = stored ? "stored" : "open";
    if (stored) {
        out.etag = file.row.md5;
        if (!file.row.sha256.empty())
            out.sha256 = file.row.sha256;
    }
    if (file.parts) {
        out.size = file.parts->size.value_or(file.parts->received_bytes);
        out.parts_id = file.parts->id;
        out.part_size = file.parts->part_size;
    }
    return out;
}

UploadSession output(domain::ShownUpload session) {
    const auto& row = session.upload;
    UploadSession out;
    out.id = row.id;
    out.project_id = row.project_id;
    out.status = schema::enum_text(row.state);
    out.file_count = row.file_count;
    out.total_bytes = row.total_bytes;
    out.bytes_uploaded = row.bytes_uploaded;
    out.reserved_bytes = row.reserved_bytes;
    out.created_at = row.created_at;
    out.expires_at = row.expires_at;
    out.error_message = row.error_message;
    out.error_step = row.error_step;
    for (const auto& file : session.files)
        out.files.push_back(output(file));
    out.warnings = std::move(session.warnings);
    out.item_ids = std::move(session.item_ids);
    return out;
}

struct UploadGetInput {
    UploadId upload_id;
};

constexpr auto describe(schema::Of<UploadGetInput>) {
    return schema::fields(schema::field("upload_id", &UploadGetInput::upload_id, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "uploads.get",
    .scope = "uploads:write",
    .side_effect = SideEffect::Read,
    .summary = "Show an upload session with its files, and what has come of those in parts.",
    .is_extension = true,
};

Result<UploadSession> get(domain::Context& cx, const UploadGetInput& in) {
    TRY(auto session, domain::show_upload(cx, in.upload_id));
    return output(std::move(session));
}

struct UploadListInput {
    ProjectId project_id;
    std::optional<std::string> status;
    std::int64_t limit = 100, offset = 0;
};

constexpr std::string_view kStates[] = {"pending", "uploading", "processing", "completed", "failed"};

constexpr auto describe(schema::Of<UploadListInput>) {
    using schema::field;
    using T = UploadListInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("status", &T::status, {.one_of = kStates}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct UploadListOutput {
    std::vector<UploadSession> uploads;
    std::int64_t total = 0;
};

constexpr auto describe(schema::Of<UploadListOutput>) {
    using schema::field;
    return schema::fields(field("uploads", &UploadListOutput::uploads, {.text = "The newest first", .required = true}),
                          field("total", &UploadListOutput::total, {.text = "All, before the page", .required = true}));
}

constexpr OperationSpec kList{
    .id = "uploads.list",
    .scope = "uploads:write",
    .side_effect = SideEffect::Read,
    .summary = "List the upload sessions of a project.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<UploadListOutput> list(domain::Context& cx, const UploadListInput& in) {
    std::optional<catalog::UploadState> state;
    if (in.status)
        state = schema::enum_value<catalog::UploadState>(*in.status);
    TRY(auto page, domain::list_uploads(cx, {in.project_id, state, in.limit, in.offset}));
    UploadListOutput out{{}, page.total};
    for (auto& session : page.uploads)
        out.uploads.push_back(output(std::move(session)));
    return out;
}

constexpr std::size_t kPreflightText = (domain::kPreflightBytes + 2) / 3 * 4;
constexpr std::string_view kKinds[] = {"raster", "vector", "archive", "sidecar", "unknown"};

struct UploadPreflightInput {
    std::string file_name;
    std::int64_t size = 0;
    std::string head;
};
constexpr auto describe(schema::Of<UploadPreflightInput>) {
    using schema::field;
    using T = UploadPreflightInput;
    return schema::fields(field("file_name", &T::file_name, {.required = true, .min_length = 1, .max_length = 1024}),
                          field("size", &T::size, {.text = "Of the whole file, bytes", .required = true, .min = 0}),
                          field("head", &T::head,
                                {.text = "Its first 64 KiB, or all of it if it is shorter, as base64",
                                 .required = true,
                                 .max_length = kPreflightText}));
}

struct UploadPreflightOutput : domain::Preflight {};
constexpr auto describe(schema::Of<UploadPreflightOutput>) {
    using schema::field;
    using T = UploadPreflightOutput;
    return schema::fields(
        field("verdict", &T::verdict, {.text = "doubtful: it is taken, but read the reasons first", .required = true}),
        field("kind", &T::kind, {.required = true, .one_of = kKinds}),
        field("media_type", &T::media_type, {.text = "Empty: unknown", .required = true}),
        field("crs", &T::crs, {.text = "As far as the first bytes tell"}),
        field("reasons", &T::reasons, {.text = "Sentences that say what to do", .required = true}),
        field("estimated_seconds", &T::estimated_seconds, {.text = "From uploads.complete on", .required = true}));
}

constexpr OperationSpec kPreflight{
    .id = "uploads.preflight",
    .scope = "uploads:write",
    .side_effect = SideEffect::Read,
    .summary = "Tell from a file's first bytes what will become of it; nothing is stored.",
    .is_extension = true,
};

Result<UploadPreflightOutput> look_ahead(domain::Call& /*call*/, const UploadPreflightInput& in) {
    const auto head = from_base64(in.head);
    if (!head || head->size() > domain::kPreflightBytes)
        return fail_field("head", "This is no padded base64 of at most 64 KiB");
    return UploadPreflightOutput{domain::preflight(in.file_name, static_cast<std::uint64_t>(in.size), *head)};
}

} // namespace

void add_upload_sessions(Registry& registry) {
    registry.read(kGet, get);
    registry.read(kList, list);
    registry.free_read(kPreflight, look_ahead, Pace::Quick);
}

} // namespace landfall::operations

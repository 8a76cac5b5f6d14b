#include "domain/ingest/upload_parts.hpp"

#include "catalog/work/upload.hpp"
#include "core/text.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/parts/reservation.hpp"
#include "domain/transact.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::size_t kSha256Digits = 64;

auto ended(const catalog::PartUploadRow& upload) {
    return fail(Code::Conflict, fmt::format("The upload in parts of '{}' is {}", clean_utf8(upload.file_name, 255),
                                            schema::enum_text(upload.state)));
}

Status check_sizes(const NewFileParts& wanted, std::int64_t smallest) {
    if (wanted.part_size && (*wanted.part_size < smallest || *wanted.part_size > kLargestPart))
        return fail_field("part_size", fmt::format("Parts have {} to {} bytes", smallest, kLargestPart));
    if (!wanted.size)
        return {};
    const std::int64_t part_size = wanted.part_size.value_or(usual_part_size(wanted.size));
    if (part_size > kLargestPart)
        return fail_field("size", fmt::format("A file in parts has at most {} bytes", kLargestPart * kMostParts));
    if (part_count(*wanted.size, part_size) > kMostParts)
        return fail_field("part_size", fmt::format("A file of {} bytes would have more than {} parts of that size; "
                                                   "leave part_size out, or choose {} at least",
                                                   *wanted.size, kMostParts, usual_part_size(wanted.size)));
    return {};
}

Result<std::optional<std::string>> checked_sha256(const std::optional<std::string>& given) {
    if (!given)
        return std::optional<std::string>();
    if (given->size() != kSha256Digits || !from_hex(*given))
        return fail_field("sha256", "A SHA-256 has 64 hexadecimal digits");
    return std::optional(lower_case(*given));
}

/// The call's own snapshot of what it goes on with.
Result<catalog::PartUploadRow> look_up(const Call& call, const PartUploadId& id) {
    return in_snapshot(call, [&](Context& cx) { return require_parts(cx, id); });
}

/// What the parts lack is what the quota refused.
Error quota_first(const Call& call, const catalog::PartUploadRow& upload, Error error) {
    if (error.code != Code::Conflict && error.code != Code::InvalidArgument)
        return error;
    const auto file = call.services.database.read_for([&](database::Session& session) {
        return catalog::find_upload_file(session, *upload.upload_id, upload.file_name);
    });
    if (!file || !*file || !(*file)->over_quota)
        return error;
    return Error(Code::PaymentRequired,
                 fmt::format("The storage quota had no room for all parts of '{}'. Delete data or raise the quota, PUT "
                             "them again, then complete",
                             clean_utf8(upload.file_name, 255)));
}

} // namespace

Result<catalog::PartUploadRow> initiate_parts(Context& cx, const NewFileParts& wanted) {
    NewPartUpload begun;
    TRY(begun.sha256, checked_sha256(wanted.sha256));
    CHECK_OK(check_sizes(wanted, cx.services.settings.limits.smallest_part_bytes));
    // The slot is that of a PUT, with all its conditions.
    TRY(const auto upload, open_upload_file(cx, wanted.upload_id, wanted.file_name, wanted.content_type));
    begun.organization_id = upload.organization_id;
    begun.project_id = upload.project_id;
    begun.target = fmt::format("upload/{}/{}", upload.id.str(), wanted.file_name);
    begun.upload_id = upload.id;
    begun.file_name = wanted.file_name;
    begun.content_type = wanted.content_type;
    begun.size = wanted.size;
    begun.part_size = wanted.part_size.value_or(usual_part_size(wanted.size));
    TRY(auto row, begin_part_upload(cx, begun));
    if (row)
        return *std::move(row);
    TRY(auto known, catalog::find_open_part_upload(cx.session, upload.organization_id, begun.target));
    if (!known)
        return fail_race("The file's upload in parts has ended at the same time; repeat the call");
    cx.touch(known->id.str());
    return *std::move(known);
}

Result<catalog::PartUploadRow> require_parts(Context& cx, const PartUploadId& id) {
    TRY(const auto found, catalog::find_part_upload(cx.session, cx.principal.organization_id, id));
    if (cx.principal.organization_id.empty() || !found || !found->upload_id)
        return fail(Code::NotFound, "Upload in parts not found");
    CHECK_OK(require_upload(cx, *found->upload_id));
    cx.touch(id.str());
    return *found;
}

Result<std::vector<PartUrl>> sign_file_parts(Context& cx, const PartUploadId& id, std::span<const int> numbers) {
    TRY(const auto upload, require_parts(cx, id));
    if (upload.state != catalog::PartUploadState::InProgress)
        return ended(upload);
    const std::int64_t count =
        upload.size && upload.part_size ? part_count(*upload.size, *upload.part_size) : kMostParts;
    std::vector<PartToSign> parts;
    parts.reserve(numbers.size());
    for (const int number : numbers) {
        if (number < 1 || number > count)
            return fail_field("part_numbers",
                              fmt::format("The file has parts 1 to {}, and none of number {}", count, number));
        parts.push_back({number, std::nullopt});
    }
    TRY(const bool open, catalog::touch_upload(cx.session, *upload.upload_id, cx.now));
    if (!open)
        return fail(Code::Conflict, "The upload session is being completed, or has ended");
    CHECK_OK(catalog::touch_part_upload(cx.session, id, cx.now));
    return sign_parts(cx, upload, parts);
}

Result<FileParts> list_file_parts(const Call& call, const PartUploadId& id) {
    FileParts out;
    TRY(out.upload, look_up(call, id));
    TRY(out.parts, list_parts(call.services, out.upload));
    return out;
}

Result<AssembledParts> prepare_file(const Call& call, const PartUploadId& id,
                                    const std::optional<std::vector<ChosenPart>>& choice) {
    TRY(const auto upload, look_up(call, id));
    auto assembled = assemble_parts(call, upload, choice);
    if (!assembled)
        return fail(quota_first(call, upload, std::move(assembled).error()));
    return assembled;
}

Status commit_file(Context& cx, const AssembledParts& assembled) {
    const auto& upload = assembled.upload;
    cx.touch(upload.id.str());
    if (assembled.repeated)
        return {};
    catalog::PutRecord put;
    put.upload_id = *upload.upload_id;
    put.file_name = upload.file_name;
    put.blob_key = assembled.file.blob_key;
    put.size = assembled.file.size;
    put.md5 = assembled.file.md5;
    put.sha256 = assembled.file.sha256;
    put.at = cx.now;
    TRY(const auto recorded, catalog::record_put(cx.session, put));
    if (!recorded.accepted)
        return fail(Code::Conflict, "The upload session is being completed, or has ended");
    CHECK_OK(finish_parts(cx, assembled));
    if (recorded.previous_blob)
        cx.transaction.release(*recorded.previous_blob);
    TRY(const bool fits, settle_reservation(cx.transaction, put.upload_id, "uploads.parts.complete", cx.now));
    return fits ? Status() : fail(Code::PaymentRequired, "The file does not fit the organization's storage quota");
}

Status abort_file_parts(Context& cx, const PartUploadId& id) {
    TRY(const auto upload, require_parts(cx, id));
    if (upload.state == catalog::PartUploadState::Aborted)
        return {};
    CHECK_OK(catalog::touch_upload(cx.session, *upload.upload_id, cx.now)); // locks the session first, as all do
    CHECK_OK(abort_parts(cx, upload, "uploads.parts.abort"));
    CHECK_OK(catalog::forget_unsent_file(cx.session, *upload.upload_id, upload.file_name));
    TRY(const bool fits, settle_reservation(cx.transaction, *upload.upload_id, "uploads.parts.abort", cx.now));
    return fits ? Status() : fail_internal("a reservation grew by what was given back");
}

} // namespace landfall::domain

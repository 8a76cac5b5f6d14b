#include "domain/parts/part_uploads.hpp"

#include "core/text.hpp"
#include "domain/work/part_end.hpp"
#include "storage/blob_key.hpp"
#include "storage/sigv4.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace landfall::domain {
namespace {

constexpr std::int64_t kMebibyte = 1LL << 20;

auto no_parts() {
    return fail(Code::Unsupported, "The object store of this server does not take files in parts");
}

} // namespace

std::int64_t part_count(std::int64_t size, std::int64_t part_size) {
    return std::max<std::int64_t>(1, size / part_size + (size % part_size == 0 ? 0 : 1));
}

std::int64_t usual_part_size(const std::optional<std::int64_t>& size) {
    const std::int64_t least = part_count(size.value_or(0), kMostParts);
    return std::max(kUsualPart, part_count(least, kMebibyte) * kMebibyte);
}

Result<std::optional<catalog::PartUploadRow>> begin_part_upload(Context& cx, const NewPartUpload& wanted) {
    if (cx.services.store.parts() == nullptr)
        return no_parts();
    catalog::PartUploadRow row;
    row.id = PartUploadId::make();
    row.organization_id = wanted.organization_id;
    row.project_id = wanted.project_id;
    row.principal_id = cx.principal.id;
    row.blob_key = storage::new_blob_key();
    row.target = wanted.target;
    row.upload_id = wanted.upload_id;
    row.file_name = wanted.file_name;
    row.content_type = wanted.content_type;
    row.declared = wanted.declared;
    row.part_size = wanted.part_size;
    row.size = wanted.size;
    row.sha256 = wanted.sha256;
    row.created_at = row.last_activity_at = cx.now;
    if (const auto idle = cx.services.settings.limits.upload_idle_seconds; idle > 0)
        row.expires_at = cx.now + std::chrono::seconds(idle);
    TRY(const bool begun, catalog::insert_part_upload(cx.session, row));
    if (!begun)
        return std::optional<catalog::PartUploadRow>();
    cx.touch(row.id.str());
    return std::optional(std::move(row));
}

std::vector<PartUrl> sign_parts(const Call& call, const catalog::PartUploadRow& upload,
                                std::span<const PartToSign> parts) {
    const Settings& settings = call.services.settings;
    storage::PresignRequest request;
    request.method = "PUT";
    request.origin = call.origin();
    request.path = fmt::format("/storage/{}/{}{}", settings.bucket, kPartsPrefix, upload.id.str());
    request.lifetime = std::chrono::seconds(settings.limits.upload_url_seconds);
    request.region = settings.region;
    std::vector<PartUrl> urls;
    urls.reserve(parts.size());
    for (const PartToSign& part : parts) {
        request.query = {{std::string(kPartNumberParameter), std::to_string(part.number)},
                         {std::string(kUploadIdParameter), upload.id.str()}};
        if (part.content_md5)
            request.query.emplace_back(kContentMd5Parameter, *part.content_md5);
        urls.push_back(
            {part.number, storage::presign(call.services.signing_key, request, call.now), call.now + request.lifetime});
    }
    return urls;
}

Result<std::vector<ListedPart>> list_parts(const Services& services, const catalog::PartUploadRow& upload) {
    std::vector<ListedPart> out;
    if (services.store.parts() == nullptr || upload.state != catalog::PartUploadState::InProgress)
        return out;
    const auto parts = services.store.parts()->list_parts(upload.blob_key);
    if (!parts && parts.error().code == Code::NotFound)
        return out; // none has come yet
    if (!parts)
        return fail(parts.error());
    TRY(const auto counted, services.database.read_for([&](database::Session& session) {
        return catalog::list_arrived_parts(session, upload.id, 0, kMostParts);
    }));
    std::map<std::int64_t, Timestamp> times;
    for (const auto& part : counted)
        times.emplace(part.number, part.put_at);
    out.reserve(parts->size());
    for (const auto& part : *parts) {
        const auto time = times.find(part.number);
        out.push_back(
            {part.number, part.size, to_hex(part.md5), time == times.end() ? upload.last_activity_at : time->second});
    }
    return out;
}

Status abort_parts(Context& cx, const catalog::PartUploadRow& upload, std::string_view reason) {
    const catalog::PartClaim by{{}, cx.now, cx.now, cx.services.server_epoch};
    TRY(const auto reserved, catalog::abort_part_upload(cx.session, upload.id, by));
    if (reserved)
        return give_parts_back(cx.transaction, upload, *reserved, reason, cx.now);
    TRY(const auto now, catalog::find_part_upload(cx.session, upload.organization_id, upload.id));
    if (now && now->state == catalog::PartUploadState::InProgress)
        return fail_race("The parts are being put together by another call; ask again in a moment");
    return fail(Code::Conflict, fmt::format("The upload in parts is {}",
                                            schema::enum_text(now ? now->state : catalog::PartUploadState::Aborted)));
}

Result<std::int64_t> end_idle_parts(catalog::Transaction& transaction, Timestamp idle_since, std::int64_t limit,
                                    Timestamp at) {
    TRY(const auto idle, catalog::list_idle_part_uploads(transaction, idle_since, limit));
    for (const auto& upload : idle)
        CHECK_OK(end_parts(transaction, upload, "parts.expired", at));
    return std::ssize(idle);
}

} // namespace landfall::domain

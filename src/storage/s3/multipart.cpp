#include "storage/s3/multipart.hpp"

#include "core/conditions.hpp"
#include "core/ids.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "core/xml.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::storage {
namespace {

bool is_gone(const S3Answer& answer) {
    return answer.http.status == 404;
}

/// Whether the object that is there came of this upload.
bool was_completed(S3Shared& shared, const Multipart& upload) {
    const auto there = head_object(shared.client, upload.key);
    return there && there->mark == upload.mark;
}

} // namespace

Result<Multipart> begin_multipart(S3Shared& shared, const std::string& key) {
    Multipart upload{key, {}, unique_part()};
    S3Request request;
    request.method = "POST";
    request.key = key;
    request.query = {{"uploads", ""}};
    request.headers = shared.layout.headers(upload.mark);
    TRY(const auto answer, shared.client.send(request));
    if (!answer.ok())
        return fail(s3_failure(answer, "CreateMultipartUpload"));
    TRY(const auto document, document_of(answer, "InitiateMultipartUploadResult"));
    upload.id = document.text_of("UploadId");
    if (upload.id.empty())
        return fail(senseless("CreateMultipartUpload", answer));
    return upload;
}

Result<std::string> put_part(S3Shared& shared, const Multipart& upload, const PartBody& part) {
    S3Request request;
    request.method = "PUT";
    request.key = upload.key;
    request.query = {{"partNumber", std::to_string(part.number)}, {"uploadId", upload.id}};
    request.body = part.bytes;
    request.source = part.source;
    request.dropped = part.dropped;
    request.patience = kLongPatience;
    TRY(const auto answer, shared.client.send(request));
    if (is_gone(answer))
        return no_such_upload();
    if (!answer.ok())
        return fail(s3_failure(answer, "UploadPart"));
    std::string etag(bare_etag(answer.header("etag"))); // stores differ in where they quote it
    if (etag.empty())
        return fail(senseless("UploadPart", answer));
    return etag;
}

Result<std::vector<StoredPart>> list_parts(S3Shared& shared, const Multipart& upload) {
    std::vector<StoredPart> parts;
    std::string marker;
    do {
        S3Request request;
        request.key = upload.key;
        request.query = {{"uploadId", upload.id}};
        if (!marker.empty())
            request.query.emplace_back("part-number-marker", marker);
        TRY(const auto answer, shared.client.send(request));
        if (is_gone(answer))
            return no_such_upload();
        if (!answer.ok())
            return fail(s3_failure(answer, "ListParts"));
        TRY(const auto document, document_of(answer, "ListPartsResult"));
        for (const auto& each : document.children)
            if (each.name == "Part")
                parts.push_back({number_in<int>(each.text_of("PartNumber")).value_or(0),
                                 std::string(bare_etag(each.text_of("ETag"))),
                                 number_in<std::int64_t>(each.text_of("Size")).value_or(0),
                                 age_of(shared.clock, each.text_of("LastModified"))});
        marker = document.text_of("IsTruncated") == "true" ? document.text_of("NextPartNumberMarker") : "";
    } while (!marker.empty());
    std::ranges::sort(parts, {}, &StoredPart::number);
    return parts;
}

Status complete_multipart(S3Shared& shared, const Multipart& upload, const std::vector<StoredPart>& parts) {
    std::string body = "<CompleteMultipartUpload>";
    for (const auto& part : parts)
        body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>&quot;{}&quot;</ETag></Part>", part.number,
                            xml_text(part.etag));
    body += "</CompleteMultipartUpload>";
    S3Request request;
    request.method = "POST";
    request.key = upload.key;
    request.query = {{"uploadId", upload.id}};
    request.headers = {{"Content-Type", "application/xml"}, {"If-None-Match", "*"}};
    request.body = std::as_bytes(std::span(body));
    request.patience = kLongPatience;
    TRY(const auto answer, shared.client.send(request));
    if (answer.ok())
        return {};
    const bool ended = is_gone(answer) || answer.http.status == 412;
    if (ended && answer.repeated && was_completed(shared, upload))
        return {}; // it was the earlier try that did it
    if (answer.http.status == 412)
        return key_taken();
    if (is_gone(answer))
        return no_such_upload();
    if (answer.code == "EntityTooSmall")
        return fail(Code::InvalidArgument, "Every part but the last has at least 5 MiB in this object store.");
    if (answer.code == "InvalidPart")
        return part_changed();
    return fail(s3_failure(answer, "CompleteMultipartUpload"));
}

Status abort_multipart(S3Shared& shared, const Multipart& upload) {
    S3Request request;
    request.method = "DELETE";
    request.key = upload.key;
    request.query = {{"uploadId", upload.id}};
    TRY(const auto answer, shared.client.send(request));
    if (answer.ok() || is_gone(answer))
        return {};
    return fail(s3_failure(answer, "AbortMultipartUpload"));
}

Result<std::vector<OpenMultipart>> list_multiparts(S3Shared& shared) {
    std::vector<OpenMultipart> out;
    std::string key_marker;
    std::string id_marker;
    do {
        S3Request request;
        request.query = {{"uploads", ""}, {"prefix", shared.layout.prefix()}};
        if (!key_marker.empty()) {
            request.query.emplace_back("key-marker", key_marker);
            request.query.emplace_back("upload-id-marker", id_marker);
        }
        request.patience = kLongPatience;
        TRY(const auto answer, shared.client.send(request));
        if (!answer.ok())
            return fail(s3_failure(answer, "ListMultipartUploads"));
        TRY(const auto document, document_of(answer, "ListMultipartUploadsResult"));
        for (const auto& each : document.children)
            if (each.name == "Upload")
                out.push_back({{std::string(each.text_of("Key")), std::string(each.text_of("UploadId")), {}},
                               age_of(shared.clock, each.text_of("Initiated"))});
        const bool more = document.text_of("IsTruncated") == "true";
        key_marker = more ? document.text_of("NextKeyMarker") : "";
        id_marker = more ? document.text_of("NextUploadIdMarker") : "";
    } while (!key_marker.empty());
    return out;
}

} // namespace landfall::storage

#include "storage/s3/multipart.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"
#include "storage/s3/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace landfall::storage {
namespace {

template<typename Number>
Number number_of(std::string_view text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

auto has_ended() {
    return fail(Code::NotFound, "There is no such upload of parts.");
}

bool is_gone(const S3Answer& answer) {
    return answer.http.status == 404;
}

auto senseless(std::string_view doing, const S3Answer& answer) {
    return fail(Error(Code::Unavailable, "The object store's answer makes no sense. Try again later.")
                    .because(fmt::format("{}: {}", doing, clean_utf8(answer.http.body, 300))));
}

/// Stores differ in where they quote it.
std::string bare_etag(std::string_view etag) {
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
        etag = etag.substr(1, etag.size() - 2);
    return std::string(etag);
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
    const auto document = read_xml(answer.http.body);
    if (!document || document->text_of("UploadId").empty())
        return senseless("CreateMultipartUpload", answer);
    upload.id = document->text_of("UploadId");
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
        return has_ended();
    if (!answer.ok())
        return fail(s3_failure(answer, "UploadPart"));
    std::string etag = bare_etag(answer.header("etag"));
    if (etag.empty())
        return senseless("UploadPart", answer);
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
            return has_ended();
        if (!answer.ok())
            return fail(s3_failure(answer, "ListParts"));
        const auto document = read_xml(answer.http.body);
        if (!document || document->name != "ListPartsResult")
            return senseless("ListParts", answer);
        for (const auto& each : document->children)
            if (each.name == "Part")
                parts.push_back({number_of<int>(each.text_of("PartNumber")), bare_etag(each.text_of("ETag")),
                                 number_of<std::int64_t>(each.text_of("Size")),
                                 age_of(shared.clock, each.text_of("LastModified"))});
        marker = document->text_of("IsTruncated") == "true" ? document->text_of("NextPartNumberMarker") : "";
    } while (!marker.empty());
    std::ranges::sort(parts, {}, &StoredPart::number);
    return parts;
}

Status complete_multipart(S3Shared& shared, const Multipart& upload, const std::vector<StoredPart>& parts) {
    std::string body = "<CompleteMultipartUpload>";
    for (const auto& part : parts)
        body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>&quot;{}&quot;</ETag></Part>", part.number,
                            escape_xml(part.etag));
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
        return fail(Code::Conflict, "An object of that key exists already.");
    if (is_gone(answer))
        return has_ended();
    if (answer.code == "EntityTooSmall")
        return fail(Code::InvalidArgument, "Every part but the last has at least 5 MiB in this object store.");
    if (answer.code == "InvalidPart")
        return fail(Code::Conflict, "A part was uploaded again meanwhile. Try again.");
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
        const auto document = read_xml(answer.http.body);
        if (!document || document->name != "ListMultipartUploadsResult")
            return senseless("ListMultipartUploads", answer);
        for (const auto& each : document->children)
            if (each.name == "Upload")
                out.push_back({{std::string(each.text_of("Key")), std::string(each.text_of("UploadId")), {}},
                               age_of(shared.clock, each.text_of("Initiated"))});
        const bool more = document->text_of("IsTruncated") == "true";
        key_marker = more ? document->text_of("NextKeyMarker") : "";
        id_marker = more ? document->text_of("NextUploadIdMarker") : "";
    } while (!key_marker.empty());
    return out;
}

} // namespace landfall::storage

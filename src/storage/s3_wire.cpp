#include "storage/s3_wire.hpp"

#include "core/text.hpp"
#include "core/xml.hpp"
#include "storage/sigv4_canonical.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::storage {
namespace {

constexpr std::size_t kLongestText = 2048;    ///< bytes, of one text in an error document
constexpr std::size_t kLongestFileName = 255; ///< bytes
constexpr std::size_t kMd5Size = 16;          ///< bytes
constexpr std::size_t kSha256Size = 32;       ///< bytes

constexpr S3Error kInternal{"InternalError", 500, "We encountered an internal error. Please try again."};

constexpr std::array kErrors = {
    kInternal,
    S3Error{"AccessDenied", 403, "Access Denied"},
    S3Error{"AuthorizationQueryParametersError", 400,
            "The authorization query parameters that you provided are not "
            "valid."},
    S3Error{"BadDigest", 400,
            "The Content-MD5 or checksum value that you specified did not match what the server "
            "received."},
    S3Error{"EntityTooLarge", 413, "Your proposed upload exceeds the maximum allowed object size."},
    S3Error{"EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed object size."},
    S3Error{"IncompleteBody", 400,
            "You did not provide the number of bytes specified by the Content-Length HTTP "
            "header."},
    S3Error{"InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."},
    S3Error{"InvalidArgument", 400, "Invalid Argument"},
    S3Error{"InvalidDigest", 400, "The Content-MD5 or checksum value that you specified is not valid."},
    S3Error{"InvalidPart", 400,
            "One or more of the specified parts could not be found. The part might not have been "
            "uploaded, or the specified entity tag might not have matched the part's entity tag."},
    S3Error{"InvalidPartOrder", 400,
            "The list of parts was not in ascending order. Parts list must be specified in "
            "order by part number."},
    S3Error{"InvalidRange", 416, "The requested range is not satisfiable"},
    S3Error{"InvalidRequest", 400, "The request is not valid."},
    S3Error{"InvalidToken", 400, "The provided token is malformed or otherwise invalid."},
    S3Error{"MethodNotAllowed", 405, "The specified method is not allowed against this resource."},
    S3Error{"MissingContentLength", 411, "You must provide the Content-Length HTTP header."},
    S3Error{"NoSuchBucket", 404, "The specified bucket does not exist."},
    S3Error{"NoSuchKey", 404, "The specified key does not exist."},
    S3Error{"NoSuchUpload", 404,
            "The specified multipart upload does not exist. The upload ID might be invalid, or "
            "the multipart upload might have been aborted or completed."},
    S3Error{"NotImplemented", 501, "A header you provided implies functionality that this store does not have."},
    S3Error{"OperationAborted", 409,
            "A conflicting conditional operation is currently in progress against this "
            "resource. Try again."},
    S3Error{"PreconditionFailed", 412, "At least one of the preconditions that you specified did not hold."},
    S3Error{"RequestTimeout", 400,
            "Your socket connection to the server was not read from or written to within the "
            "timeout period."},
    S3Error{"SignatureDoesNotMatch", 403,
            "The request signature we calculated does not match the signature you "
            "provided. Check your key and signing method."},
    S3Error{"SlowDown", 503, "Please reduce your request rate."},
    S3Error{"XAmzContentSHA256Mismatch", 400,
            "The provided 'x-amz-content-sha256' header does not match what was computed."},
};

std::optional<std::string> parse_digest(std::string_view header, std::size_t size) {
    auto raw = from_base64(header);
    if (raw && raw->size() != size)
        raw.reset();
    return raw;
}

/// Raw digest of an `x-amz-content-sha256` header; nothing if it declares none or is malformed.
std::optional<std::string> parse_content_sha256(std::string_view header) {
    auto raw = from_hex(header);
    if (raw && raw->size() != kSha256Size)
        raw.reset();
    return raw;
}

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '%';
}

/// The name as one path segment without control characters, C1 ones included.
std::string defused(std::string_view file_name) {
    std::string out = clean_utf8(file_name, kLongestFileName);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (is_control(out[i]) || out[i] == '/' || out[i] == '\\')
            out[i] = '_';
        else if (out[i] == '\xC2' && static_cast<unsigned char>(out[i + 1]) < 0xA0)
            out.replace(i, 2, "_");
    }
    const bool only_dots = std::all_of(out.begin(), out.end(), [](char c) { return c == '.' || c == ' '; });
    return only_dots ? "download" : out;
}

/// One `_` for each character that does not belong into a quoted ASCII string.
std::string ascii_fallback(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (!continues)
            out += is_plain(c) ? c : '_';
    }
    return out;
}

} // namespace

const S3Error& s3_error(std::string_view code) {
    const auto* const found =
        std::find_if(kErrors.begin(), kErrors.end(), [&](const S3Error& error) { return error.code == code; });
    return found == kErrors.end() ? kErrors.front() : *found;
}

const S3Error& s3_error(const Error& error) {
    switch (error.code) {
    case Code::NotFound:
    case Code::Gone:
        return s3_error("NoSuchKey");
    case Code::InvalidArgument:
    case Code::BadRequest:
        return s3_error("InvalidArgument");
    case Code::Unauthenticated:
    case Code::PermissionDenied:
        return s3_error("AccessDenied");
    case Code::Conflict:
    case Code::Aborted:
        return s3_error("OperationAborted");
    case Code::PreconditionFailed:
        return s3_error("PreconditionFailed");
    case Code::PaymentRequired:
    case Code::PayloadTooLarge:
        return s3_error("EntityTooLarge");
    case Code::ResourceExhausted:
    case Code::Unavailable:
        return s3_error("SlowDown");
    case Code::Canceled:
        return s3_error("IncompleteBody");
    case Code::DeadlineExceeded:
        return s3_error("RequestTimeout");
    case Code::Unsupported:
        return s3_error("MethodNotAllowed");
    case Code::Internal:
        break;
    }
    return s3_error("InternalError");
}

std::string s3_error_document(const S3ErrorDetail& detail) {
    const auto text = [](std::string_view raw) { return xml_text(clean_utf8(raw, kLongestText)); };
    const auto message = detail.message.empty() ? s3_error(detail.code).message : detail.message;
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>"
                       "<Resource>{}</Resource><RequestId>{}</RequestId></Error>",
                       text(detail.code), text(message), text(detail.resource), text(detail.request_id));
}

std::string etag_of(std::string_view md5) {
    return fmt::format("\"{}\"", to_hex(md5));
}

std::string etag_of(const BlobInfo& blob) {
    return blob.parts == 0 ? etag_of(blob.md5) : fmt::format("\"{}-{}\"", to_hex(blob.md5), blob.parts);
}

std::optional<std::string> parse_content_md5(std::string_view header) {
    return parse_digest(header, kMd5Size);
}

std::optional<std::string> parse_checksum_sha256(std::string_view header) {
    return parse_digest(header, kSha256Size);
}

std::optional<std::string> unsupported_put_header(const HeaderOf& header) {
    constexpr std::array kUnknown = {"If-Match",          "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
                                     "x-amz-copy-source", "x-amz-trailer"};
    for (const char* name : kUnknown)
        if (header(name))
            return name;
    if (header("x-amz-content-sha256").value_or("").starts_with("STREAMING-"))
        return "x-amz-content-sha256";
    if (lower_case(header("Content-Encoding").value_or("")).find("aws-chunked") != std::string::npos)
        return "Content-Encoding";
    return std::nullopt;
}

const S3Error* check_form(const DeclaredDigests& declared) {
    if ((declared.content_md5 && !parse_content_md5(*declared.content_md5)) ||
        (declared.checksum_sha256 && !parse_checksum_sha256(*declared.checksum_sha256)))
        return &s3_error("InvalidDigest");
    if (declared.content_sha256 && *declared.content_sha256 != sigv4::kUnsignedPayload &&
        !parse_content_sha256(*declared.content_sha256))
        return &s3_error("InvalidArgument");
    return nullptr;
}

const S3Error* check_digests(const DeclaredDigests& declared, const BlobInfo& received) {
    if (const auto* malformed = check_form(declared))
        return malformed;
    if ((declared.content_md5 && parse_content_md5(*declared.content_md5) != received.md5) ||
        (declared.checksum_sha256 && parse_checksum_sha256(*declared.checksum_sha256) != received.sha256))
        return &s3_error("BadDigest");
    if (declared.content_sha256 && *declared.content_sha256 != sigv4::kUnsignedPayload &&
        parse_content_sha256(*declared.content_sha256) != received.sha256)
        return &s3_error("XAmzContentSHA256Mismatch");
    return nullptr;
}

std::string attachment_disposition(std::string_view file_name) {
    const auto name = defused(file_name);
    const auto plain = ascii_fallback(name);
    auto header = fmt::format("attachment; filename=\"{}\"", plain);
    if (plain != name)
        header += "; filename*=UTF-8''" + percent_encode(name, "!#$&+^`|");
    return header;
}

} // namespace landfall::storage

#pragma once
/// The plain parts of the S3 protocol: errors, ETags, declared digests, names of downloads. Knows no transport.
/// Spec: Amazon S3 API Reference ("Error responses", "PutObject", "CompleteMultipartUpload"); RFC 6266; RFC 8187.

#include "storage/object_store.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landfall::storage {

/// One of S3's errors.
struct S3Error {
    std::string_view code;    ///< `NoSuchKey`
    int status = 500;         ///< of the answer
    std::string_view message; ///< S3's own sentence, where the case has no better one
};

/// The error of that code; `InternalError` for a code that is not in the table.
const S3Error& s3_error(std::string_view code);

/// The error a failed store call shows to a client of S3.
const S3Error& s3_error(const Error& error);

/// What an error document tells.
struct S3ErrorDetail {
    std::string_view code;
    std::string_view message; ///< the table's if empty
    std::string_view resource;
    std::string_view request_id;
};

/// `<Error>` document in UTF-8, media type `application/xml`. Any text is safe in it.
std::string s3_error_document(const S3ErrorDetail& detail);

/// `"…"`: the quoted hexadecimal of a raw MD5.
std::string etag_of(std::string_view md5);
/// That of a blob: of one of parts, `"md5-of-md5s-N"`.
std::string etag_of(const BlobInfo& blob);

/// Raw MD5 of a `Content-MD5` header (base64 of 16 bytes, RFC 1864); nothing if malformed: `InvalidDigest`.
std::optional<std::string> parse_content_md5(std::string_view header);

/// Raw SHA-256 of an `x-amz-checksum-sha256` header (base64 of 32 bytes); nothing if malformed: `InvalidDigest`.
std::optional<std::string> parse_checksum_sha256(std::string_view header);

/// Digest headers of a request, as sent.
struct DeclaredDigests {
    std::optional<std::string> content_md5;
    std::optional<std::string> checksum_sha256;
    std::optional<std::string> content_sha256{}; ///< `x-amz-content-sha256`: hexadecimal, or `UNSIGNED-PAYLOAD`
};

/// A request's header by its name.
using HeaderOf = std::function<std::optional<std::string>(std::string_view name)>;

/// The first header of a PUT that asks for more than storing the body as it comes: a condition, a copy, or the chunks
/// of AWS, whose framing would be taken for the file. To be refused with `NotImplemented`; nothing if there is none.
std::optional<std::string> unsupported_put_header(const HeaderOf& header);

/// `InvalidDigest` or `InvalidArgument` for malformed digest headers, to be found before the body is read; null if
/// there is none.
const S3Error* check_form(const DeclaredDigests& declared);

/// `BadDigest` or `XAmzContentSHA256Mismatch` if the bytes are not those declared, or what `check_form` finds; null if
/// all is well.
const S3Error* check_digests(const DeclaredDigests& declared, const BlobInfo& received);

/// `Content-Disposition` that makes a browser save under `file_name` (UTF-8): `attachment`, an ASCII `filename`, and
/// `filename*` where the name is not plain. Directories and control characters in the name are defused.
std::string attachment_disposition(std::string_view file_name);

} // namespace landfall::storage

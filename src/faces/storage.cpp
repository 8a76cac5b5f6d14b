#include "faces/storage.hpp"

#include "core/conditions.hpp"
#include "core/text.hpp"
#include "domain/ingest/upload_bytes.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/signed_downloads.hpp"
#include "domain/ledger/journal.hpp"
#include "faces/preconditions.hpp"
#include "http/message/problem.hpp"
#include "storage/checksums.hpp"
#include "storage/s3_wire.hpp"
#include "storage/sigv4.hpp"

#include <fmt/format.h>

namespace landfall::faces {
namespace {

constexpr std::string_view kOperation = "storage";

std::optional<std::string> header(const http::Request& request, std::string_view name) {
    const auto value = request.headers.get(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

http::Response named(http::Response response, const http::Request& request, std::string_view verb) {
    response.headers.set("x-amz-request-id", request.request_id);
    response.operation = fmt::format("{}.{}", kOperation, verb);
    return response;
}

http::Response refuse(const Error& error, const http::Request& request, std::string_view verb) {
    std::string_view code = storage::s3_error(error).code;
    switch (error.code) {
    case Code::NotFound:
        code = "NoSuchKey";
        break;
    case Code::PermissionDenied:
        code = "AccessDenied";
        break;
    case Code::PayloadTooLarge:
        code = "EntityTooLarge";
        break;
    default:
        break;
    }
    http::Response response = s3_problem(code, error.code == Code::Internal ? "" : error.message, request);
    response.log_cause = error.cause;
    return named(std::move(response), request, verb);
}

storage::SignedRequest as_signed(const http::Request& request, const std::string& method) {
    return {method, request.raw_path, request.raw_query, [&](std::string_view name) { return header(request, name); }};
}

/// Why the signature does not hold, or nothing.
std::optional<storage::SignatureFault> check_signature(const domain::Services& services, const http::Request& request,
                                                       const std::string& method) {
    const auto presented = as_signed(request, method);
    const auto secret_of = [&](std::string_view access_key_id) -> std::optional<std::string> {
        if (access_key_id == services.signing_key.access_key_id)
            return services.signing_key.secret;
        return std::nullopt;
    };
    auto fault = storage::verify(presented, secret_of, services.clock.now());
    // An altered URL is refused with 403 whatever was altered; S3 answers 400 where a value no longer parses. One that
    // lost a parameter gets S3's 400.
    if (fault && !fault->incomplete && storage::s3_error(fault->code).status != 403)
        fault->code = "AccessDenied";
    return fault;
}

/// Receives one PUT.
class PutSink final : public http::BodySink {
public:
    PutSink(std::unique_ptr<domain::UploadWrite> write, http::Request request, storage::DeclaredDigests declared,
            storage::DeclaredChecksums checksums)
        : write_(std::move(write)), request_(std::move(request)), declared_(std::move(declared)),
          checksums_(std::move(checksums)) {}

    std::optional<http::Response> write(std::span<const std::byte> bytes) override {
        checksums_.update(bytes);
        const auto written = write_->write(bytes);
        if (!written)
            return refuse(written.error(), request_, "put");
        return std::nullopt;
    }

    http::Response finish() override {
        const auto digest = write_->digest();
        if (!digest)
            return refuse(digest.error(), request_, "put");
        const auto* bad = storage::check_digests(declared_, *digest);
        if (bad = bad != nullptr ? bad : checksums_.check(); bad != nullptr)
            return named(s3_problem(bad->code, bad->message, request_), request_, "put");
        const auto blob = write_->commit();
        if (!blob)
            return refuse(blob.error(), request_, "put");
        http::Response response;
        response.headers.set("ETag", storage::etag_of(blob->md5));
        if (declared_.checksum_sha256)
            response.headers.set("x-amz-checksum-sha256", to_base64(blob->sha256));
        for (const auto& [name, value] : checksums_.headers())
            response.headers.set(name, value);
        return named(std::move(response), request_, "put");
    }

private:
    std::unique_ptr<domain::UploadWrite> write_;
    http::Request request_;
    storage::DeclaredDigests declared_;
    storage::DeclaredChecksums checksums_;
};

std::variant<std::unique_ptr<http::BodySink>, http::Response> begin_put(const domain::Services& services,
                                                                        const http::Request& request) {
    const auto refused = [&](std::string_view code, std::string_view message) {
        return named(s3_problem(code, message, request), request, "put");
    };
    if (const auto fault = check_signature(services, request, request.method))
        return refused(fault->code, fault->message);
    if (request.params.at("bucket") != services.settings.bucket)
        return refused("NoSuchBucket", "The specified bucket does not exist");
    if (request.headers.get("Content-Range"))
        return refused("InvalidRequest", "A PUT takes the whole file; send it without Content-Range");
    // A PUT that lost its length must not pass for an empty file.
    if (request.content_length && !request.headers.get("Content-Length"))
        return refused("MissingContentLength", "");
    const storage::HeaderOf sent = [&](std::string_view name) { return header(request, name); };
    if (const auto name = storage::unsupported_put_header(sent))
        return refused("NotImplemented", fmt::format("A header you provided implies functionality that this store "
                                                     "does not have: {}. Send the file as it is, without it",
                                                     *name));
    storage::DeclaredDigests declared{sent("Content-MD5"), sent("x-amz-checksum-sha256"), sent("x-amz-content-sha256")};
    storage::DeclaredChecksums checksums(sent);
    const auto* malformed = storage::check_form(declared);
    if (malformed = malformed != nullptr ? malformed : checksums.check_form(); malformed != nullptr)
        return refused(malformed->code, malformed->message);
    auto write = domain::UploadWrite::open(services, request.params.at("key"), request.content_length);
    if (!write)
        return refuse(write.error(), request, "put");
    return std::make_unique<PutSink>(std::move(*write), request, std::move(declared), std::move(checksums));
}

/// The answer's status, headers and body for the part of an object that the conditions select.
http::Response select_part(const domain::ServedObject& object, const http::Request& request, http::FileBody body) {
    const std::string etag = fmt::format("\"{}\"", object.md5);
    const auto part = evaluate_conditions(preconditions_of(request), {etag, object.created_at, object.size});
    http::Response response;
    response.headers.set("ETag", etag);
    response.headers.set("Last-Modified", format_http_date(object.created_at));
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("Cache-Control", "private, max-age=900");
    switch (part.selection) {
    case Selection::NotModified:
        response.status = 304;
        return response;
    case Selection::PreconditionFailed:
        return s3_problem("PreconditionFailed", "", request);
    case Selection::InvalidRange: {
        http::Response invalid = s3_problem("InvalidRange", "", request);
        invalid.headers.set("Content-Range", fmt::format("bytes */{}", object.size));
        return invalid;
    }
    case Selection::Partial:
        response.status = 206;
        response.headers.set("Content-Range", content_range(part, object.size));
        body.offset = part.first;
        body.length = part.length;
        break;
    case Selection::Full:
        body.length = object.size;
        break;
    }
    response.headers.set("Content-Type", object.media_type);
    response.headers.set("Content-Disposition", storage::attachment_disposition(object.file_name));
    response.body = std::move(body);
    return response;
}

/// All that the signature of a download covers, if it covers the host alone beside the address.
std::string download_key(const http::Request& request) {
    return fmt::format("{} {} {}", request.method, request.headers.get("Host").value_or(""), request.target);
}

http::Response send_object(const domain::Services& services, const http::Request& request,
                           const domain::SignedDownload& download) {
    http::Response response =
        select_part(download.object, request, {download.reader, download.reader->descriptor(), 0, 0});
    if (std::holds_alternative<http::FileBody>(response.body))
        response.on_sent = [&journal = services.journal,
                            organization = download.object.organization_id](std::int64_t bytes) {
            if (bytes > 0)
                journal.count(organization, catalog::UsageKind::EgressBytes, bytes);
        };
    return named(std::move(response), request, "get");
}

/// The answer to a URL that was found good a moment ago, while nothing of its organization has changed since.
std::optional<http::Response> get_known_object(const domain::Services& services, const http::Request& request) {
    const auto known = services.downloads.find(download_key(request));
    if (!known || services.clock.now() > known->expires_at)
        return std::nullopt;
    return send_object(services, request, *known);
}

void remember_download(const domain::Services& services, const http::Request& request, domain::Stamp since,
                       domain::SignedDownload download) {
    const auto terms = storage::read_terms(as_signed(request, request.method));
    if (!terms || terms->signed_headers != std::vector<std::string>{"host"})
        return;
    download.expires_at = terms->expires_at;
    const OrganizationId organization = download.object.organization_id;
    services.downloads.put(download_key(request), organization, since,
                           std::make_shared<const domain::SignedDownload>(std::move(download)));
}

http::Response get_object(const domain::Services& services, const http::Request& request) {
    // A URL signed for GET serves HEAD as well: clients look at the size before they fetch.
    auto fault = check_signature(services, request, request.method);
    if (fault && request.method == "HEAD")
        fault = check_signature(services, request, "GET");
    if (fault)
        return named(s3_problem(fault->code, fault->message, request), request, "get");
    if (request.params.at("bucket") != services.settings.bucket)
        return named(s3_problem("NoSuchBucket", "The specified bucket does not exist", request), request, "get");
    const domain::Stamp since = services.versions.now();
    domain::SignedDownload download;
    auto object = domain::find_served_object(services, request.params.at("key"));
    if (!object)
        return refuse(object.error(), request, "get");
    auto reader = services.store.open(object->blob_key);
    if (!reader)
        return refuse(reader.error(), request, "get");
    download.object = std::move(*object);
    download.reader = std::move(*reader);
    remember_download(services, request, since, download);
    return send_object(services, request, download);
}

} // namespace

http::Response s3_problem(std::string_view code, std::string_view message, const http::Request& request) {
    const auto& known = storage::s3_error(code);
    http::Response response = http::Response::text(
        known.status, "application/xml", storage::s3_error_document({code, message, request.path, request.request_id}));
    response.headers.set("Cache-Control", "no-store");
    if (known.status == 503)
        response.headers.set("Retry-After", "1");
    return response;
}

bool is_storage_path(const http::Request& request) {
    return request.path.starts_with("/storage/");
}

void add_storage_routes(http::Server& server, const domain::Services& services) {
    constexpr std::string_view kPattern = "/storage/{bucket}/{key...}";
    server.route_stream("PUT", std::string(kPattern),
                        [&services](const http::Request& request) { return begin_put(services, request); });
    for (const char* method : {"GET", "HEAD"})
        server.route(
            method, std::string(kPattern), http::Lane::Interactive,
            [&services](const http::Request& request) { return get_object(services, request); },
            [&services](const http::Request& request) { return get_known_object(services, request); });
}

} // namespace landfall::faces

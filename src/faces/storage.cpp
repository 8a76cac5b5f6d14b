#include "faces/storage.hpp"

#include "admission/act.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "domain/ingest/upload_bytes.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/lost_objects.hpp"
#include "domain/items/signed_downloads.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/parts/part_write.hpp"
#include "http/message/conditional.hpp"
#include "http/message/origin.hpp"
#include "http/message/wire_text.hpp"
#include "serving/blob_body.hpp"
#include "storage/checksums.hpp"
#include "storage/s3_wire.hpp"
#include "storage/sigv4.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::faces {
namespace {

constexpr std::string_view kOperation = "storage";
constexpr std::string_view kPutPart = "put_part";

std::optional<std::string> header(const http::Request& request, std::string_view name) {
    const auto value = request.headers.get(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

/// An S3 error document.
http::Response s3_problem(std::string_view code, std::string_view message, const http::Request& request) {
    const auto& known = storage::s3_error(code);
    http::Response response = http::Response::text(
        known.status, "application/xml", storage::s3_error_document({code, message, request.path, request.request_id}));
    response.headers.set("Cache-Control", "no-store");
    if (known.status == 503)
        response.headers.set("Retry-After", "1");
    return response;
}

/// The error of S3 that stands for a refusal of the server itself.
std::string_view s3_code_of(int status) {
    switch (status) {
    case 404:
        return "AccessDenied";
    case 405:
        return "MethodNotAllowed";
    case 408:
        return "RequestTimeout";
    case 412:
        return "PreconditionFailed";
    case 413:
        return "EntityTooLarge";
    case 416:
        return "InvalidRange";
    case 501:
        return "NotImplemented";
    case 503:
        return "SlowDown";
    default:
        return status >= 500 ? "InternalError" : "InvalidRequest";
    }
}

/// The face's shape of refusal. What is not there, or not for this method, is told in S3's own words.
http::Response refuse_as_s3(const http::Request& request, int status, const std::string& detail) {
    const bool says_nothing = status == 404 || status == 405;
    return s3_problem(s3_code_of(status), says_nothing ? "" : detail, request);
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
        code = verb == kPutPart ? "NoSuchUpload" : "NoSuchKey";
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
    const bool beyond_part =
        verb == kPutPart && error.code == Code::BadRequest; // not the quota: that is 413, as of files
    if (beyond_part)
        code = "EntityTooLarge";
    http::Response response = s3_problem(code, error.code == Code::Internal ? "" : error.message, request);
    if (beyond_part)
        response.status = 400;
    response.log_cause = error.cause;
    return named(std::move(response), request, verb);
}

/// All fields of that name, as they are signed. Spec: "Create a canonical request", AWS Signature Version 4.
std::optional<std::string> joined_header(const http::Request& request, std::string_view name) {
    std::optional<std::string> joined;
    for (const auto& [field, value] : request.headers.all())
        if (http::same_text(field, name))
            joined = joined ? *joined + "," + value : value;
    return joined;
}

/// `host` stands in for the header, which a proxy may have changed.
storage::SignedRequest as_signed(const http::Request& request, const std::string& method,
                                 const std::optional<std::string>& host = {}) {
    return {method, request.raw_path, request.raw_query, [&request, host](std::string_view name) {
                return host && name == "host" ? host : joined_header(request, name);
            }};
}

/// Why the signature does not hold, or nothing.
std::optional<storage::SignatureFault> check_signature(const domain::Services& services, const http::Request& request,
                                                       const std::string& method) {
    const auto secret_of = [&](std::string_view access_key_id) -> std::optional<std::string> {
        if (access_key_id == services.signing_key.access_key_id)
            return services.signing_key.secret;
        return std::nullopt;
    };
    const auto verified_as = [&](const std::string& host) {
        return storage::verify(as_signed(request, method, host), secret_of, services.clock.now());
    };
    // Our URLs name the public host, or the one by which their call came; behind a proxy the header may name neither.
    const std::string authority = http::authority_of(request);
    const std::string asked = authority.empty() ? header(request, "host").value_or("") : authority;
    const domain::Settings& settings = services.settings;
    const std::string signed_for = settings.public_url_is_set ? storage::host_of(settings.public_url) : asked;
    auto fault = verified_as(signed_for);
    if (fault && fault->code == "SignatureDoesNotMatch" && asked != signed_for)
        fault = verified_as(asked);
    if (fault && fault->code == "SignatureDoesNotMatch")
        fault->message +=
            fmt::format(" (URLs of this server are signed for {}; the request came for {})", signed_for, asked);
    // An altered URL is refused with 403 whatever was altered; S3 answers 400 where a value no longer parses. One that
    // lost a parameter gets S3's 400.
    if (fault && !fault->incomplete && storage::s3_error(fault->code).status != 403)
        fault->code = "AccessDenied";
    return fault;
}

/// The record of what a signed URL was used for; whoever holds it acts for what it names.
catalog::AuditRow record_of(const http::Request& request, std::string_view verb, admission::SideEffect effect,
                            Timestamp now) {
    catalog::AuditRow record;
    record.id = AuditId::make();
    record.at = now;
    record.request_id = request.request_id;
    record.principal_type = "signed_url";
    record.operation_id = fmt::format("{}.{}", kOperation, verb);
    record.side_effect = admission::side_effect_name(effect);
    record.ip = request.remote_address;
    record.user_agent = clean_utf8(header(request, "User-Agent").value_or(""), 512);
    return record;
}

template<typename Write>
constexpr std::string_view verb_of = "put";
template<>
constexpr std::string_view verb_of<domain::PartWrite> = kPutPart;

/// What a PUT declares of its body.
struct Declared {
    storage::DeclaredDigests digests;
    storage::DeclaredChecksums checksums;
};

/// Receives one PUT: of a file, or of a part of one.
template<typename Write>
class PutSink final : public http::BodySink {
public:
    PutSink(std::unique_ptr<Write> write, http::Request request, Declared declared, const Clock& clock)
        : write_(std::move(write)), request_(std::move(request)), declared_(std::move(declared.digests)),
          checksums_(std::move(declared.checksums)), clock_(clock) {}

    std::optional<http::Response> write(std::span<const std::byte> bytes) override {
        checksums_.update(bytes);
        const auto written = write_->write(bytes);
        if (!written)
            return refuse(written.error(), request_, kVerb);
        return std::nullopt;
    }

    http::Response finish() override {
        const auto digest = write_->digest();
        if (!digest)
            return refuse(digest.error(), request_, kVerb);
        const auto* bad = storage::check_digests(declared_, *digest);
        if (bad = bad != nullptr ? bad : checksums_.check(); bad != nullptr)
            return named(s3_problem(bad->code, bad->message, request_), request_, kVerb);
        const auto blob = write_->commit(record_of(request_, kVerb, admission::SideEffect::Compute, clock_.now()));
        if (!blob)
            return refuse(blob.error(), request_, kVerb);
        http::Response response;
        response.headers.set("ETag", storage::etag_of(blob->md5));
        if (declared_.checksum_sha256)
            response.headers.set("x-amz-checksum-sha256", to_base64(blob->sha256));
        for (const auto& [name, value] : checksums_.headers())
            response.headers.set(name, value);
        return named(std::move(response), request_, kVerb);
    }

private:
    static constexpr std::string_view kVerb = verb_of<Write>;

    std::unique_ptr<Write> write_;
    http::Request request_;
    storage::DeclaredDigests declared_;
    storage::DeclaredChecksums checksums_;
    const Clock& clock_;
};

using PutStart = std::variant<std::unique_ptr<http::BodySink>, http::Response>;

/// A sink for what was opened, or why it was not.
template<typename Write>
PutStart receive(Result<std::unique_ptr<Write>> write, const http::Request& request, Declared declared,
                 const Clock& clock) {
    if (!write)
        return refuse(write.error(), request, verb_of<Write>);
    return std::make_unique<PutSink<Write>>(std::move(*write), request, std::move(declared), clock);
}

/// One part: its URL may bind the MD5 that must be sent.
PutStart begin_part(const domain::Services& services, const http::Request& request, Declared declared) {
    const auto refused = [&](std::string_view code, std::string_view message) {
        return named(s3_problem(code, message, request), request, kPutPart);
    };
    const PartUploadId id(request.query(domain::kUploadIdParameter).value_or(""));
    if (request.params.at("key") != fmt::format("{}{}", domain::kPartsPrefix, id.str()))
        return refused("NoSuchUpload", "");
    const auto bound = request.query(domain::kContentMd5Parameter);
    if (bound && !declared.digests.content_md5)
        return refused("SignatureDoesNotMatch", "The URL asks for the header Content-MD5");
    if (bound && storage::parse_content_md5(*bound) != storage::parse_content_md5(*declared.digests.content_md5))
        return refused("BadDigest", "The Content-MD5 is not the one that was declared for this part");
    const std::string text = request.query(domain::kPartNumberParameter).value_or("");
    const auto number = number_in<int>(text);
    if (!number)
        return refused("InvalidArgument", "partNumber is a number from 1 to 10000");
    return receive(domain::PartWrite::open(services, id, *number, request.content_length), request, std::move(declared),
                   services.clock);
}

PutStart begin_put(const domain::Services& services, const http::Request& request) {
    const std::string_view verb = request.query(domain::kUploadIdParameter) ? kPutPart : verb_of<domain::UploadWrite>;
    const auto refused = [&](std::string_view code, std::string_view message) {
        return named(s3_problem(code, message, request), request, verb);
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
    Declared declared{{sent("Content-MD5"), sent("x-amz-checksum-sha256"), sent("x-amz-content-sha256")},
                      storage::DeclaredChecksums(sent)};
    const auto* malformed = storage::check_form(declared.digests);
    if (malformed = malformed != nullptr ? malformed : declared.checksums.check_form(); malformed != nullptr)
        return refused(malformed->code, malformed->message);
    if (verb == kPutPart)
        return begin_part(services, request, std::move(declared));
    return receive(domain::UploadWrite::open(services, request.params.at("key"), request.content_length), request,
                   std::move(declared), services.clock);
}

/// All that the signature of a download covers, if it covers the host alone beside the address.
std::string download_key(const http::Request& request) {
    return fmt::format("{} {} {}", request.method, request.headers.get("Host").value_or(""), request.target);
}

http::Response send_object(const domain::Services& services, const http::Request& request,
                           const domain::SignedDownload& download) {
    const domain::ServedObject& object = download.object;
    http::Response full;
    full.headers.set("Cache-Control", "private, max-age=900");
    full.headers.set("Content-Type", object.media_type);
    full.headers.set("Content-Disposition", storage::attachment_disposition(object.file_name));
    full.body = serving::body_of(download.reader, object.size);
    http::Response response = http::answer_conditionally(
        request, std::move(full), {fmt::format("\"{}\"", object.md5), object.created_at, http::Ranges::Bytes},
        refuse_as_s3);
    const bool sends = request.method == "GET" && (response.status == 200 || response.status == 206);
    if (sends) {
        auto record = record_of(request, "get", admission::SideEffect::Read, services.clock.now());
        record.principal_id = object.asset_id.str();
        record.organization_id = object.organization_id;
        std::vector<std::string> targets{object.asset_id.str()};
        if (!object.asker.empty())
            targets.push_back(object.asker);
        record.targets = Json::array_of(targets).dump();
        services.journal.audit(std::move(record));
        domain::Consumer consumer{object.organization_id, object.project_id, object.item_id, object.asker,
                                  object.user_id};
        response.on_sent = [&journal = services.journal, consumer = std::move(consumer)](std::int64_t bytes) {
            if (bytes > 0)
                journal.count(consumer, catalog::UsageKind::EgressBytes, bytes);
        };
    }
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
    auto object = domain::find_served_object(services, request.params.at("key"),
                                             request.query(domain::kAskerParameter).value_or(""));
    if (!object)
        return refuse(object.error(), request, "get");
    auto reader = services.store.open(object->blob_key);
    const bool lost = reader ? (*reader)->size() != object->size : reader.error().code == Code::NotFound;
    if (lost)
        (void)services.lost.settle(services, std::array{object->blob_key}); // the answer is the same
    if (lost || !reader)
        return refuse(lost ? Error(Code::NotFound, "The specified key does not exist.") : reader.error(), request,
                      "get");
    download.object = std::move(*object);
    download.reader = std::move(*reader);
    remember_download(services, request, since, download);
    return send_object(services, request, download);
}

} // namespace

http::Face storage_face(const domain::Services& services) {
    constexpr std::string_view kPattern = "/storage/{bucket}/{key...}";
    http::Face face({"/storage/"}, refuse_as_s3);
    face.route_stream("PUT", std::string(kPattern),
                      [&services](const http::Request& request) { return begin_put(services, request); });
    for (const char* method : {"GET", "HEAD"})
        face.route(
            method, std::string(kPattern), http::Lane::Interactive,
            [&services](const http::Request& request) { return get_object(services, request); },
            [&services](const http::Request& request) { return get_known_object(services, request); });
    return face;
}

} // namespace landfall::faces

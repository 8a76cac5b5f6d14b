#include "storage/s3/s3_shared.hpp"

#include "core/digest.hpp"
#include "core/ids.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "core/xml.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <utility>

namespace landfall::storage {
namespace {

constexpr const char* kMarkHeader = "x-amz-meta-landfall-mark";
constexpr std::size_t kMostAtOnce = 1000; ///< keys of one DeleteObjects

} // namespace

S3Layout::S3Layout(const S3Settings& settings) : prefix_(settings.prefix) {
    if (settings.encryption.empty())
        return;
    encryption_.emplace_back("x-amz-server-side-encryption", settings.encryption);
    if (!settings.kms_key.empty())
        encryption_.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", settings.kms_key);
}

sigv4::Pairs S3Layout::headers(const std::string& mark) const {
    sigv4::Pairs out = encryption_;
    out.emplace_back("Content-Type", "application/octet-stream");
    out.emplace_back(kMarkHeader, mark);
    return out;
}

Result<std::unique_ptr<LiveBlob>> LiveBlob::claim(std::shared_ptr<S3Shared> shared, std::string_view key) {
    {
        const Lock lock(shared->mutex);
        if (!shared->live.emplace(key, LiveEntry{std::chrono::steady_clock::now(), false}).second)
            return being_written();
    }
    return std::unique_ptr<LiveBlob>(new LiveBlob(std::move(shared), std::string(key)));
}

LiveBlob::~LiveBlob() {
    const Lock lock(shared_->mutex);
    shared_->live.erase(key_);
}

void LiveBlob::finished() {
    const Lock lock(shared_->mutex);
    if (const auto found = shared_->live.find(key_); found != shared_->live.end())
        found->second.finished = true;
}

Result<ObjectHead> head_object(S3Client& client, const std::string& key) {
    S3Request request;
    request.method = "HEAD";
    request.key = key;
    TRY(const auto answer, client.send(request));
    if (answer.http.status == 404)
        return no_such_object();
    if (!answer.ok())
        return fail(s3_failure(answer, "HEAD"));
    return ObjectHead{number_in<std::int64_t>(answer.header("content-length")).value_or(0), answer.header("etag"),
                      answer.header(kMarkHeader)};
}

Status check_free(S3Client& client, const std::string& key) {
    const auto there = head_object(client, key);
    if (there)
        return key_taken();
    return there.error().code == Code::NotFound ? Status() : Status(fail(there.error()));
}

Status put_object(S3Shared& shared, const NewObject& object) {
    const std::string mark = unique_part();
    S3Request request;
    request.method = "PUT";
    request.key = object.key;
    request.headers = shared.layout.headers(mark);
    request.headers.emplace_back("If-None-Match", "*");
    if (!object.md5.empty())
        request.headers.emplace_back("Content-MD5", to_base64(object.md5));
    request.body = object.bytes;
    request.patience = kLongPatience;
    TRY(const auto answer, shared.client.send(request));
    if (answer.ok())
        return {};
    if (answer.http.status != 412)
        return fail(s3_failure(answer, "PutObject"));
    if (answer.repeated) // perhaps it was the earlier try that took the key
        if (const auto there = head_object(shared.client, object.key); there && there->mark == mark)
            return {};
    return key_taken();
}

Result<std::string> get_text(S3Client& client, const std::string& key) {
    S3Request request;
    request.key = key;
    TRY(auto answer, client.send(request));
    if (answer.http.status == 404)
        return no_such_object();
    if (!answer.ok())
        return fail(s3_failure(answer, "GetObject"));
    return std::move(answer.http.body);
}

Status list_objects(S3Shared& shared, const std::string& prefix, const std::string& delimiter,
                    const std::function<Status(Listing&&)>& visit) {
    std::string token;
    do {
        S3Request request;
        request.query = {{"list-type", "2"}, {"prefix", prefix}};
        if (!delimiter.empty())
            request.query.emplace_back("delimiter", delimiter);
        if (!token.empty())
            request.query.emplace_back("continuation-token", token);
        request.patience = kLongPatience;
        TRY(const auto answer, shared.client.send(request));
        if (!answer.ok())
            return fail(s3_failure(answer, "ListObjectsV2"));
        TRY(const auto document, document_of(answer, "ListBucketResult"));
        Listing page;
        for (const auto& each : document.children) {
            if (each.name == "Contents")
                page.objects.push_back({std::string(each.text_of("Key")),
                                        number_in<std::int64_t>(each.text_of("Size")).value_or(0),
                                        age_of(shared.clock, each.text_of("LastModified"))});
            else if (each.name == "CommonPrefixes")
                page.folders.emplace_back(each.text_of("Prefix"));
        }
        CHECK_OK(visit(std::move(page)));
        token = document.text_of("IsTruncated") == "true" ? document.text_of("NextContinuationToken") : "";
    } while (!token.empty());
    return {};
}

Status remove_objects(S3Client& client, const std::vector<std::string>& keys) {
    for (std::size_t at = 0; at < keys.size(); at += kMostAtOnce) {
        std::string body = "<Delete><Quiet>true</Quiet>";
        for (std::size_t i = at; i < std::min(keys.size(), at + kMostAtOnce); ++i)
            body += "<Object><Key>" + xml_text(keys[i]) + "</Key></Object>";
        body += "</Delete>";
        const auto bytes = std::as_bytes(std::span(body));
        Digest md5(DigestKind::Md5);
        md5.update(bytes);
        TRY(const auto digest, md5.value());
        S3Request request;
        request.method = "POST";
        request.query = {{"delete", ""}};
        request.headers = {{"Content-Type", "application/xml"}, {"Content-MD5", to_base64(digest)}};
        request.body = bytes;
        TRY(const auto answer, client.send(request));
        if (!answer.ok())
            return fail(s3_failure(answer, "DeleteObjects"));
        TRY(const auto document, document_of(answer, "DeleteResult"));
        if (const auto* const refused = document.find("Error"); refused != nullptr)
            return fail(
                Error(Code::Unavailable, "The object store refuses to remove an object.")
                    .because(std::string(refused->text_of("Code")) + " " + std::string(refused->text_of("Key"))));
    }
    return {};
}

Result<XmlElement> document_of(const S3Answer& answer, std::string_view root) {
    auto document = read_xml(answer.http.body);
    if (!document || document->name != root)
        return fail(senseless(root, answer));
    return document;
}

Error senseless(std::string_view what, const S3Answer& answer) {
    return Error(Code::Unavailable, "The object store's answer makes no sense. Try again later.")
        .because(fmt::format("{}: {}", what, clean_utf8(answer.http.body, 300)));
}

std::chrono::seconds age_of(const Clock& clock, std::string_view told) {
    const auto at = parse_rfc3339(told);
    if (!at)
        return std::chrono::seconds(0);
    return std::max(std::chrono::seconds(0), std::chrono::duration_cast<std::chrono::seconds>(clock.now() - *at));
}

} // namespace landfall::storage

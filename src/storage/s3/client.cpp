#include "storage/s3/client.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"
#include "storage/s3/signing.hpp"
#include "storage/s3/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

namespace landfall::storage {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kMostIdle = 64; ///< connections that are kept
constexpr std::chrono::seconds kStall{15};
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{3000};
constexpr int kRetryAfter = 5;                  ///< seconds
constexpr std::int64_t kSlowest = 256LL << 10U; ///< bytes a second, of a store that is not away

/// A body that lies in memory.
class SpanSource final : public outbound::BodySource {
public:
    explicit SpanSource(std::span<const std::byte> bytes) : bytes_(bytes) {}
    std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
    Status rewind() override {
        at_ = 0;
        return {};
    }
    Result<std::size_t> read(std::span<char> buffer) override {
        const auto count = std::min(buffer.size(), bytes_.size() - at_);
        std::memcpy(buffer.data(), bytes_.data() + at_, count);
        at_ += count;
        return count;
    }

private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
};

/// A random pause that grows with the tries ("full jitter").
milliseconds pause_before(int next) {
    const auto most = std::min(kLongestPause, kFirstPause * (1 << std::min(next, 8)));
    const std::string dice = random_bytes(2);
    const auto part = static_cast<unsigned char>(dice[0]) << 8U | static_cast<unsigned char>(dice[1]);
    return milliseconds(most.count() * part / 0xFFFF + 1);
}

bool may_repeat(const S3Answer& answer) {
    const int status = answer.http.status;
    return (status >= 500 && status != 501) || status == 429 || answer.code == "RequestTimeout" ||
           answer.code == "SlowDown" || answer.code == "InternalError" || answer.code == "OperationAborted" ||
           answer.code == "ConditionalRequestConflict";
}

bool have_ended(const S3Answer& answer) {
    return answer.code == "ExpiredToken" || answer.code == "TokenRefreshRequired" || answer.code == "InvalidToken";
}

/// Of this server altogether, whatever it asks.
bool is_refusal(const S3Answer& answer) {
    return answer.http.status == 403 || answer.http.status == 401 || answer.code == "NoSuchBucket";
}

/// S3's word for a failure. A success may turn out to be none after its head was sent.
std::string code_of(const outbound::HttpResponse& http) {
    if (http.status < 300 && http.body.find("<Error") == std::string::npos)
        return {};
    const auto document = read_xml(http.body);
    return document && document->name == "Error" ? std::string(document->text_of("Code")) : std::string();
}

Error away(std::string cause) {
    Error error =
        Error(Code::Unavailable, "The object store does not answer. Try again in a moment.").because(std::move(cause));
    error.retry_after_seconds = kRetryAfter;
    return error;
}

std::string url_of(const BucketAddress& address, const S3Request& request) {
    std::string url = address.origin() + percent_encode(address.path(request.key), "/");
    if (!request.query.empty())
        url += "?" + sigv4::canonical_query(request.query);
    return url;
}

std::int64_t size_of(const S3Request& request) {
    return request.source != nullptr ? request.source->size() : static_cast<std::int64_t>(request.body.size());
}

} // namespace

/// A client of the pool, for one request.
class S3Client::Lease {
public:
    explicit Lease(S3Client& owner) : owner_(owner) {
        const Lock lock(owner_.mutex_);
        if (!owner_.idle_.empty()) {
            client_ = std::move(owner_.idle_.back());
            owner_.idle_.pop_back();
        }
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        const Lock lock(owner_.mutex_);
        if (client_ && owner_.idle_.size() < kMostIdle)
            owner_.idle_.push_back(std::move(client_));
    }
    outbound::HttpClient& client() {
        if (!client_)
            client_ = std::make_unique<outbound::HttpClient>();
        return *client_;
    }

private:
    S3Client& owner_;
    std::unique_ptr<outbound::HttpClient> client_;
};

S3Client::S3Client(const S3Settings& settings, BucketAddress address, std::vector<CredentialSource> sources,
                   const Clock& clock)
    : address_(std::move(address)), region_(settings.region), clock_(clock), credentials_(std::move(sources), clock) {}

S3Client::~S3Client() = default;

Result<S3Answer> S3Client::try_once(const S3Request& request, const S3Credentials& credentials,
                                    std::chrono::seconds left) {
    const std::string hash =
        request.source != nullptr
            ? std::string(sigv4::kUnsignedPayload)
            : to_hex(sha256({reinterpret_cast<const char*>(request.body.data()), request.body.size()}));
    SpanSource body(request.body);
    outbound::HttpRequest sent;
    sent.method = request.method;
    sent.url = url_of(address_, request);
    sent.headers = signed_headers(
        {request.method, address_.host(), address_.path(request.key), request.query, request.headers, hash},
        credentials, region_, clock_.now());
    sent.headers.emplace_back("User-Agent", "landfall");
    if (request.source != nullptr)
        sent.source = request.source;
    else if (request.method == "PUT" || request.method == "POST")
        sent.source = &body;
    sent.sink = request.sink;
    sent.stall = kStall;
    sent.deadline = left + std::chrono::seconds(size_of(request) / kSlowest);
    Lease lease(*this);
    TRY(auto http, lease.client().send(sent));
    S3Answer answer{std::move(http), {}, false};
    answer.code = code_of(answer.http);
    if (answer.ok() && !answer.code.empty())
        answer.http.status = answer.code == "InternalError" ? 500 : 503;
    return answer;
}

Result<S3Answer> S3Client::send(const S3Request& request) {
    const auto until = Steady::now() + request.patience;
    bool renewed = false;
    for (int tries = 1;; ++tries) {
        TRY(const auto credentials, credentials_.now());
        const auto left = std::chrono::ceil<std::chrono::seconds>(until - Steady::now());
        auto answer = try_once(request, credentials, std::max(left, std::chrono::seconds(1)));
        if (answer && have_ended(*answer) && !renewed && request.source == nullptr) {
            credentials_.refuse(credentials);
            renewed = true;
            continue;
        }
        if (answer && is_refusal(*answer))
            return fail(s3_failure(*answer, request.method));
        if (answer && !may_repeat(*answer)) {
            away_ = false;
            answer->repeated = tries > 1;
            return answer;
        }
        const auto pause = pause_before(tries);
        const bool exhausted = Steady::now() + pause >= until;
        const bool dropped = request.dropped != nullptr && *request.dropped;
        if (exhausted || dropped || away_ || request.source != nullptr) {
            away_ = away_ || exhausted;
            return fail(answer ? s3_failure(*answer, request.method)
                               : away(answer.error().message + " " + answer.error().cause));
        }
        std::this_thread::sleep_for(pause);
    }
}

Error s3_failure(const S3Answer& answer, std::string_view doing) {
    const auto document = read_xml(answer.http.body);
    std::string cause = fmt::format("{}: status {} {}", doing, answer.http.status, answer.code);
    if (document)
        cause += ": " + clean_utf8(document->text_of("Message"), 300);
    if (!is_refusal(answer))
        return away(std::move(cause));
    if (answer.code == "NoSuchBucket")
        return Error(Code::Unavailable, "The object store has no such bucket. Whoever runs this server names it with "
                                        "s3.bucket, or makes it with landfall init --create-bucket.")
            .because(std::move(cause));
    Error error =
        Error(Code::Unavailable, "The object store refuses this server. Whoever runs it finds why in its log.")
            .because(std::move(cause));
    error.retry_after_seconds = kRetryAfter;
    return error;
}

} // namespace landfall::storage

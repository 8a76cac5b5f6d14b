#pragma once
/// Asks an S3 store: signs, keeps connections, tries again what may be tried again.

#include "core/mutex.hpp"
#include "core/result.hpp"
#include "outbound/http_client.hpp"
#include "storage/s3/address.hpp"
#include "storage/s3/credentials.hpp"
#include "storage/sigv4_canonical.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// How long a request is tried again while the store is away. What a call asks of it adds up to less than a minute.
inline constexpr std::chrono::seconds kShortPatience{12}; ///< what is read, and small words before a body
inline constexpr std::chrono::seconds kLongPatience{40};  ///< what carries bytes that would have to be sent again

struct S3Request {
    std::string method = "GET";
    std::string key{};      ///< whole; empty: the bucket itself
    sigv4::Pairs query{};   ///< decoded
    sigv4::Pairs headers{}; ///< besides those of the signature
    std::span<const std::byte> body{};
    outbound::BodySource* source = nullptr; ///< instead of `body`: not covered by the signature, never sent twice
    outbound::ResponseSink* sink = nullptr; ///< begun anew for each try
    std::chrono::seconds patience = kShortPatience;
    const std::atomic<bool>* dropped = nullptr; ///< true: nobody waits for it any more
};

struct S3Answer {
    outbound::HttpResponse http;
    std::string code;      ///< S3's word for a failure, `NoSuchKey`; empty if it told none
    bool repeated = false; ///< an earlier try may have been carried out as well

    bool ok() const { return http.status >= 200 && http.status <= 299; }
    std::string header(std::string_view lower_case_name) const {
        return std::string(http.header(lower_case_name).value_or(""));
    }
};

/// Thread-safe. Waits on the calling thread.
class S3Client {
public:
    S3Client(const S3Settings& settings, BucketAddress address, std::vector<CredentialSource> sources,
             const Clock& clock);
    ~S3Client();
    S3Client(const S3Client&) = delete;
    S3Client& operator=(const S3Client&) = delete;

    /// The store's answer, also a refusal that a repeat would meet again. Unavailable if it is away, overloaded or
    /// refuses this server altogether.
    Result<S3Answer> send(const S3Request& request);

private:
    class Lease;

    Result<S3Answer> try_once(const S3Request& request, const S3Credentials& credentials, std::chrono::seconds left);

    const BucketAddress address_;
    const std::string region_;
    const Clock& clock_;
    CredentialChain credentials_;
    std::atomic<bool> away_{false}; ///< it was so for all of a call's patience: others try once, until one succeeds
    Mutex mutex_;
    std::vector<std::unique_ptr<outbound::HttpClient>> idle_ GUARDED_BY(mutex_);
};

/// What an answer that is no success comes to: Unavailable with S3's words for the log.
Error s3_failure(const S3Answer& answer, std::string_view doing);

} // namespace landfall::storage

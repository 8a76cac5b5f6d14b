#pragma once
/// AWS Signature Version 4: presigned URLs, their signing and verification.
/// Spec: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API Reference.

#include "core/result.hpp"
#include "core/time.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::storage {

struct SigningKey {
    std::string access_key_id;
    std::string secret;
};

/// What a presigned URL is bound to.
struct PresignRequest {
    std::string method = "GET";
    std::string origin; ///< scheme, host and port: `https://data.example.org`
    std::string path;   ///< decoded, absolute: `/storage/landfall/uploads/u_1/a b.tif`
    std::vector<std::pair<std::string, std::string>> query;   ///< further parameters, decoded
    std::vector<std::pair<std::string, std::string>> headers; ///< headers to sign besides host, any case
    std::chrono::seconds lifetime{3600};                      ///< 1 s .. 7 days
    std::string region = "us-east-1";
};

/// What a client sends as Host for an origin: lower case, without the scheme's own port.
std::string host_of(std::string_view origin);

/// The absolute URL, percent-encoded, host in lower case, carrying `X-Amz-Algorithm … X-Amz-Signature`.
std::string presign(const SigningKey& key, const PresignRequest& request, Timestamp now);

/// A request as it arrived.
struct SignedRequest {
    std::string method;
    std::string raw_path;                                               ///< percent-encoded, as on the request line
    std::string raw_query;                                              ///< without `?`
    std::function<std::optional<std::string>(std::string_view)> header; ///< by lower-case name
};

/// What the signature of a presigned request holds for.
struct SignatureTerms {
    Timestamp expires_at{};
    std::vector<std::string> signed_headers; ///< lower-case names
};
/// The terms that a request claims, whether its signature is right or not; nothing if they are not well-formed.
std::optional<SignatureTerms> read_terms(const SignedRequest& request);

/// Why a presigned request was refused, in S3's own terms.
struct SignatureFault {
    std::string code;    ///< `AccessDenied`, `SignatureDoesNotMatch`, `AuthorizationQueryParametersError`, …
    std::string message; ///< S3's sentence
    /// Some parameters of the signature are there and others are missing, or one is there twice.
    bool incomplete = false;
};

/// Nothing if the request carries a valid signature of a key that `find_secret` knows, is not expired (measured at
/// `now`), and is not from more than 15 minutes ahead; else why not. Compares in constant time. The path and the
/// query are decoded and encoded anew, as S3 does: `%2F` in the path counts as `/`, `+` in the query as a space.
/// Session tokens are refused: no key of ours has one. The body is not covered (UNSIGNED-PAYLOAD).
std::optional<SignatureFault> verify(const SignedRequest& request,
                                     const std::function<std::optional<std::string>(std::string_view)>& find_secret,
                                     Timestamp now);

} // namespace landfall::storage

#pragma once
/// The inner steps of AWS Signature Version 4: canonical request, string to sign, signing key, signature.
/// Spec: "Create a signed AWS API request", AWS IAM User Guide; S3's rules: paths are encoded once, never normalised.

#include "core/time.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::storage::sigv4 {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// Where and when a signature holds.
struct Scope {
    std::string timestamp; ///< `20130524T000000Z`
    std::string region;
    std::string service = "s3";

    std::string date() const { return timestamp.substr(0, 8); }
    /// `20130524/us-east-1/s3/aws4_request`
    std::string text() const;
};

/// `20130524T000000Z`.
std::string format_timestamp(Timestamp at);

/// Sorted `name=value&…`, each side encoded, from decoded parameters.
std::string canonical_query(const Pairs& decoded);

/// What is signed of a request.
struct CanonicalRequest {
    std::string method;
    std::string path; ///< decoded; empty stands for `/`
    Pairs query;      ///< decoded
    Pairs headers;    ///< those to sign, names in lower case; sorted and merged here
    std::string payload_hash{kUnsignedPayload};

    /// `host;x-amz-date`
    std::string signed_headers() const;
    std::string text() const;
};

/// HMAC chain over date, region and service; raw, 32 bytes.
std::string signing_key(std::string_view secret, const Scope& scope);

std::string string_to_sign(const CanonicalRequest& request, const Scope& scope);

/// Lower-case hexadecimal signature.
std::string sign(const CanonicalRequest& request, const Scope& scope, std::string_view secret);

} // namespace landfall::storage::sigv4

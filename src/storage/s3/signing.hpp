#pragma once
/// Requests to a store, signed in their headers.
/// Spec: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", Amazon S3 API Reference.

#include "core/time.hpp"
#include "storage/s3/credentials.hpp"
#include "storage/sigv4_canonical.hpp"

#include <string>

namespace landfall::storage {

/// What is signed of a request; nothing of it is encoded.
struct UnsignedRequest {
    std::string method;
    std::string host; ///< as the header says it: with a port that is not the scheme's own
    std::string path;
    sigv4::Pairs query{};
    sigv4::Pairs headers{};
    std::string payload_hash; ///< hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`
};

/// The request's headers, all but Host, with those that carry the signature.
sigv4::Pairs signed_headers(const UnsignedRequest& request, const S3Credentials& credentials, const std::string& region,
                            Timestamp now);

} // namespace landfall::storage

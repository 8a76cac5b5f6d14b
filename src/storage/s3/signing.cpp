#include "storage/s3/signing.hpp"

#include <fmt/format.h>

namespace landfall::storage {

sigv4::Pairs signed_headers(const UnsignedRequest& request, const S3Credentials& credentials, const std::string& region,
                            Timestamp now) {
    const sigv4::Scope scope{sigv4::format_timestamp(now), region};
    sigv4::Pairs sent = request.headers;
    sent.emplace_back("x-amz-content-sha256", request.payload_hash);
    sent.emplace_back("x-amz-date", scope.timestamp);
    if (!credentials.session_token.empty())
        sent.emplace_back("x-amz-security-token", credentials.session_token);
    sigv4::CanonicalRequest canonical{request.method, request.path, request.query, sent, request.payload_hash};
    canonical.headers.emplace_back("host", request.host);
    sent.emplace_back("Authorization",
                      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", sigv4::kAlgorithm,
                                  credentials.access_key_id, scope.text(), canonical.signed_headers(),
                                  sigv4::sign(canonical, scope, credentials.secret)));
    return sent;
}

} // namespace landfall::storage

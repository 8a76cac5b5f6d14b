#include "storage/sigv4.hpp"

#include "core/text.hpp"
#include "storage/sigv4_canonical.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::storage {
namespace {

constexpr std::chrono::seconds kLongestLifetime{604'800};

} // namespace

std::string host_of(std::string_view given) {
    const std::string lower = lower_case(given);
    const std::string_view origin = lower;
    const auto scheme_end = origin.find("://");
    const auto scheme = origin.substr(0, scheme_end);
    std::string_view host = scheme_end == std::string_view::npos ? origin : origin.substr(scheme_end + 3);
    host = host.substr(0, host.find('/'));
    const std::string_view own_port = scheme == "https" ? ":443" : ":80";
    if (host.ends_with(own_port))
        host.remove_suffix(own_port.size());
    return std::string(host);
}

std::string presign(const SigningKey& key, const PresignRequest& request, Timestamp now) {
    const auto origin = lower_case(request.origin);
    const auto lifetime = std::clamp(request.lifetime, std::chrono::seconds(1), kLongestLifetime);
    const sigv4::Scope scope{sigv4::format_timestamp(now), request.region};
    sigv4::CanonicalRequest canonical{request.method, request.path, request.query, request.headers};
    canonical.headers.emplace_back("host", host_of(origin));
    canonical.query.emplace_back("X-Amz-Algorithm", sigv4::kAlgorithm);
    canonical.query.emplace_back("X-Amz-Credential", key.access_key_id + "/" + scope.text());
    canonical.query.emplace_back("X-Amz-Date", scope.timestamp);
    canonical.query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
    canonical.query.emplace_back("X-Amz-SignedHeaders", canonical.signed_headers());
    return fmt::format("{}{}?{}&X-Amz-Signature={}", origin,
                       request.path.empty() ? "/" : percent_encode(request.path, "/"),
                       sigv4::canonical_query(canonical.query), sigv4::sign(canonical, scope, key.secret));
}

} // namespace landfall::storage

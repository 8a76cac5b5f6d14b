#include "http/message/cors.hpp"

#include "http/message/wire_text.hpp"

#include <algorithm>

namespace landfall::http {
namespace {

constexpr std::string_view kMethods = "GET, POST, PUT, HEAD, OPTIONS, DELETE, PATCH";
constexpr std::string_view kAllowedHeaders =
    "Authorization, X-API-Key, Content-Type, Accept, Idempotency-Key, Content-MD5, If-Match, If-None-Match, If-Range, "
    "Range, X-Request-ID, x-amz-acl, x-amz-checksum-sha256, x-amz-content-sha256, x-amz-date, x-amz-security-token, "
    "x-amz-user-agent";
constexpr std::string_view kExposed =
    "Access-Control-Expose-Headers: Retry-After, ETag, Content-Range, Content-Length, Accept-Ranges, Location, Link, "
    "X-Request-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Idempotency-Replayed, "
    "Content-Disposition, X-Landfall-Warning\r\n";
constexpr std::size_t kMaxRequestedHeaders = 64;

/// The allowed headers, and those asked for that are well-formed names.
std::string allowed_headers(std::string_view requested) {
    std::string list(kAllowedHeaders);
    for (std::size_t count = 0; !requested.empty() && count < kMaxRequestedHeaders; ++count) {
        const std::string_view entry = requested.substr(0, requested.find(','));
        requested.remove_prefix(std::min(requested.size(), entry.size() + 1));
        const std::string_view name = trimmed(entry);
        if (name.size() <= 64 && is_token(name) && !list_contains(list, name))
            list.append(", ").append(name);
    }
    return list;
}

} // namespace

CorsPolicy::CorsPolicy(std::vector<std::string> origins)
    : origins_(std::move(origins)), any_(std::find(origins_.begin(), origins_.end(), "*") != origins_.end()) {}

void CorsPolicy::append_to(std::string& head, const Headers& request) const {
    if (any_) {
        head.append("Access-Control-Allow-Origin: *\r\n").append(kExposed).append("Vary: Origin\r\n");
        return;
    }
    const auto origin = request.get("Origin");
    if (origin && std::find(origins_.begin(), origins_.end(), *origin) != origins_.end())
        head.append("Access-Control-Allow-Origin: ").append(*origin).append("\r\n").append(kExposed);
    head.append("Vary: Origin\r\n");
}

Response CorsPolicy::preflight(const Headers& request, const std::string& allow) const {
    Response response;
    response.status = 204;
    response.headers.add("Access-Control-Allow-Methods", std::string(kMethods));
    response.headers.add("Access-Control-Allow-Headers",
                         allowed_headers(request.get("Access-Control-Request-Headers").value_or("")));
    response.headers.add("Access-Control-Max-Age", "86400");
    if (!allow.empty())
        response.headers.add("Allow", allow);
    response.operation = "cors.preflight";
    return response;
}

} // namespace landfall::http

#include "stac/reply.hpp"

#include "core/conditions.hpp"
#include "core/text.hpp"
#include "http/message/conditional.hpp"
#include "stac/refusal.hpp"

#include <fmt/format.h>

#include <chrono>

namespace landfall::stac {
namespace {

constexpr std::chrono::seconds kKept{600};
constexpr std::string_view kGeoJson = "application/geo+json";

std::string_view media_type_of(const http::Request& request) {
    const auto format = request.query("format").value_or("");
    if (format == "geojson")
        return kGeoJson;
    const auto accept = lower_case(request.headers.get("Accept").value_or(""));
    return format != "json" && accept.find(kGeoJson) != std::string::npos ? kGeoJson : "application/json";
}

void set_caching(http::Headers& headers, const Reply& reply, bool is_public, Timestamp now) {
    if (reply.caching == Caching::Unsaid)
        return;
    if (reply.caching == Caching::NoStore || !is_public) {
        headers.set("Cache-Control", reply.caching == Caching::NoStore ? "no-store" : "private, no-cache");
        return;
    }
    if (reply.caching == Caching::Listing) {
        headers.set("Cache-Control", std::string(kNeverCache));
        headers.set("Expires", format_http_date(now));
        return;
    }
    headers.set("Cache-Control", reply.cache_control.value_or(fmt::format("max-age={}, public", kKept.count())));
    if (!reply.cache_control)
        headers.set("Expires", format_http_date(now + kKept));
}

} // namespace

void allow_everybody(const http::Request& request, http::Response& response) {
    const bool posts = request.path.ends_with("/search");
    response.headers.set("Access-Control-Allow-Origin", "*");
    response.headers.set("Access-Control-Allow-Methods", posts ? "GET,HEAD,POST" : "GET,HEAD");
    response.headers.set("Access-Control-Allow-Headers", "Content-Type,Accept,Accept-Language");
    response.headers.set("Access-Control-Expose-Headers", "ETag, Location, Link, Retry-After, X-Request-ID");
}

http::Response respond(const http::Request& request, Reply reply, bool is_public, Timestamp now) {
    http::Response response;
    response.status = reply.status;
    allow_everybody(request, response);
    response.headers.set("Content-Type", std::string(media_type_of(request)));
    response.headers.set("Vary", "Accept");
    set_caching(response.headers, reply, is_public, now);
    if (!reply.location.empty())
        response.headers.set("Location", reply.location);
    response.body = std::move(reply.body);
    if (reply.etag.empty())
        return response;
    const std::string etag = fmt::format("\"{}\"", reply.etag);
    if (request.method == "GET" || request.method == "HEAD")
        return http::answer_conditionally(request, std::move(response), {etag}, refuse_as_stac);
    response.headers.set("ETag", etag);
    return response;
}

} // namespace landfall::stac

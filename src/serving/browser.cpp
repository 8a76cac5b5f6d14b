#include "serving/browser.hpp"

#include "http/message/cookie.hpp"
#include "http/message/origin.hpp"

namespace landfall::serving {
namespace {

constexpr std::string_view kSession = "landfall_session";

} // namespace

std::string session_cookie(const http::Request& request) {
    return http::cookie(request, kSession).value_or("");
}

void give_session_cookie(http::Response& response, const http::Request& request, std::string_view value,
                         std::chrono::seconds life) {
    http::set_cookie(response, {.name = kSession, .value = value, .life = life, .secure = is_secure(request)});
}

bool is_from_here(const http::Request& request, std::string_view public_url) {
    const std::string_view origin = request.headers.get("Origin").value_or("");
    return !origin.empty() && (origin == http::origin_of(request) || origin == public_url);
}

bool is_secure(const http::Request& request) {
    return http::origin_of(request).starts_with("https://");
}

} // namespace landfall::serving

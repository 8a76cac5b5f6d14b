#include "http/message/origin.hpp"

#include "core/text.hpp"
#include "http/message/wire_text.hpp"

#include <algorithm>
#include <cctype>

namespace landfall::http {
namespace {

/// A host, and perhaps a port, as an authority has them: nothing that could end up as another part of a URL.
bool is_authority(std::string_view text) {
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}

/// What a trusted proxy says; empty if there is none, or it does not say it.
std::string_view forwarded(const Request& request, std::string_view name) {
    return request.proxied ? trimmed(request.headers.get(name).value_or("")) : std::string_view();
}

} // namespace

std::string authority_of(const Request& request) {
    const std::string_view host = forwarded(request, "X-Forwarded-Host");
    std::string authority = lower_case(host.empty() ? request.headers.get("Host").value_or("") : host);
    return is_authority(authority) ? authority : std::string();
}

std::string origin_of(const Request& request) {
    const std::string authority = authority_of(request);
    if (authority.empty())
        return {};
    const std::string_view scheme = forwarded(request, "X-Forwarded-Proto");
    const bool secure = scheme == "https" || (scheme != "http" && request.secure);
    return (secure ? "https://" : "http://") + authority;
}

} // namespace landfall::http

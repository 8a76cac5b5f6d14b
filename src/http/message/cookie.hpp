#pragma once
/// Cookies that no script reads and no other site sends along. Spec: RFC 6265.

#include "http/message/message.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::http {

/// The value of the first cookie of that name; nothing if the request carries none.
std::optional<std::string> cookie(const Request& request, std::string_view name);

/// A cookie of a page of ours: `HttpOnly`, `SameSite=Strict`, and `Secure` if the page came over TLS.
struct NewCookie {
    std::string_view name;
    std::string_view value; ///< of unreserved characters; empty: the browser shall forget it
    std::string_view path = "/";
    std::chrono::seconds life{0}; ///< 0: until the browser is closed
    bool secure = false;
};
void set_cookie(Response& response, const NewCookie& cookie);

} // namespace landfall::http

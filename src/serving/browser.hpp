#pragma once
/// What faces know of browsers: the cookie of a session, and whether a request comes from a page of this server.

#include "http/message/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace landfall::serving {

/// The cookie of a signed-in browser; empty if there is none.
std::string session_cookie(const http::Request& request);
/// Gives the browser its cookie; empty: takes it away.
void give_session_cookie(http::Response& response, const http::Request& request, std::string_view value,
                         std::chrono::seconds life);

/// Whether the browser says that a page of this server sent the request: of the origin by which the request came, or
/// of `public_url`, if that is set. False where it says nothing.
bool is_from_here(const http::Request& request, std::string_view public_url);

/// Whether the client came over TLS, as far as this server or a trusted proxy tells.
bool is_secure(const http::Request& request);

} // namespace landfall::serving

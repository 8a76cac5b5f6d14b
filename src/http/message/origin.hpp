#pragma once
/// Under which name a client found the server.

#include "http/message/message.hpp"

#include <string>

namespace landfall::http {

/// `host:port`, lower case, by the Host header, or X-Forwarded-Host of a trusted proxy. Empty if the host is none.
/// Spec: RFC 9110 section 7.2.
std::string authority_of(const Request& request);

/// `https://host:port`: the authority, and the way that the request came, or X-Forwarded-Proto of a trusted proxy.
/// Empty without an authority.
std::string origin_of(const Request& request);

} // namespace landfall::http

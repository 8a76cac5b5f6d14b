#pragma once
/// Under which name a client found the server.

#include "http/message/message.hpp"

#include <string>

namespace landfall::http {

/// `https://host:port`, lower case, by the Host header and the way that the request came; a trusted proxy tells both in
/// X-Forwarded-Host and X-Forwarded-Proto. Empty if the host is none. Spec: RFC 9110 section 7.2.
std::string origin_of(const Request& request);

} // namespace landfall::http

#pragma once
/// Composes the head of an answer (RFC 9112 section 4).

#include "http/message/cors.hpp"
#include "http/message/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall::http {

/// What the head says beside the answer itself.
struct ResponseFrame {
    std::string_view date;
    std::string_view request_id;
    bool keep_alive = true;
    bool http_1_0 = false;
    bool head_only = false; ///< the request was HEAD
};

/// Whether an answer of that status can have a body at all.
bool may_have_body(int status);

/// Bytes of the answer's body.
std::int64_t body_length(const Response& response);

/// Appends status line, headers and the empty line. Fields that are the server's business are left out of the
/// handler's, and line breaks in values become spaces.
void append_response_head(std::string& out, const Response& response, const ResponseFrame& frame,
                          const CorsPolicy& cors, const Headers& request);

} // namespace landfall::http

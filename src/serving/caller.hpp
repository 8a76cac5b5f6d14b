#pragma once
/// Who calls, as a request tells it: what every face hands to the pipeline.

#include "admission/request.hpp"
#include "http/message/message.hpp"

#include <string>
#include <string_view>

namespace landfall::serving {

/// Whether `?key=` stands in for the X-API-Key header: map clients cannot send headers. Where it does, nothing but
/// reads is answered, and the cookie of a browser counts as it is.
enum class KeyInQuery { Refused, Allowed };
admission::Credentials credentials_of(const http::Request& request, KeyInQuery key);
/// Who calls, from where, and under which conditions: what every face hands to the pipeline.
admission::Request caller_of(const http::Request& request, KeyInQuery key);
/// The same without a key in the address, for what changes something. The cookie of a browser, which another site could
/// make it send, counts only for scripts of pages of this server (`public_url` is its origin, if set): nobody else may
/// set the header X-Landfall-Console, and the browser tells their origin.
admission::Request caller_of_script(const http::Request& request, std::string_view public_url);
/// The header's value, or nothing.
std::string header(const http::Request& request, std::string_view name);

} // namespace landfall::serving

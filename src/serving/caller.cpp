#include "serving/caller.hpp"

#include "core/text.hpp"
#include "http/message/conditional.hpp"
#include "http/message/origin.hpp"
#include "serving/browser.hpp"

namespace landfall::serving {

std::string header(const http::Request& request, std::string_view name) {
    return std::string(request.headers.get(name).value_or(""));
}

admission::Credentials credentials_of(const http::Request& request, KeyInQuery key) {
    admission::Credentials credentials{header(request, "Authorization"), header(request, "X-API-Key"), false,
                                       request.identity};
    credentials.address = request.remote_address;
    if (key == KeyInQuery::Allowed)
        credentials.cookie = session_cookie(request);
    if (key == KeyInQuery::Allowed && credentials.authorization.empty() && credentials.api_key.empty()) {
        credentials.api_key = request.query("key").value_or("");
        credentials.in_url = !credentials.api_key.empty();
    }
    return credentials;
}

admission::Request caller_of(const http::Request& request, KeyInQuery key) {
    admission::Request caller;
    caller.credentials = credentials_of(request, key);
    caller.request_id = request.request_id;
    caller.client_request_id = request.client_request_id;
    caller.origin = http::origin_of(request);
    caller.remote_address = request.remote_address;
    caller.user_agent = clean_utf8(header(request, "User-Agent"), 512);
    caller.preconditions = http::preconditions_of(request);
    return caller;
}

admission::Request caller_of_script(const http::Request& request, std::string_view public_url) {
    admission::Request caller = caller_of(request, KeyInQuery::Refused);
    if (!header(request, "X-Landfall-Console").empty() && is_from_here(request, public_url))
        caller.credentials.cookie = session_cookie(request);
    return caller;
}

} // namespace landfall::serving

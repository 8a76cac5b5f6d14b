#include "faces/realm/oauth.hpp"

#include "admission/audit.hpp"
#include "core/text.hpp"
#include "http/message/problem.hpp"
#include "http/message/wire_text.hpp"
#include "serving/caller.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::faces::realm {
namespace {

constexpr std::size_t kLongestClient = 100;
constexpr std::string_view kBasic = "Basic ";

std::string_view name_of(const Error& error, std::string_view refused) {
    switch (error.code) {
    case Code::Unauthenticated:
        return refused;
    case Code::PermissionDenied:
        return "invalid_scope";
    case Code::InvalidArgument:
        return !error.fields.empty() && error.fields.front().path == std::vector<std::string>{"scope"}
                   ? "invalid_scope"
                   : "invalid_request";
    case Code::BadRequest:
        return "invalid_request";
    case Code::ResourceExhausted:
        return "too_many_requests";
    case Code::Unavailable:
    case Code::Aborted:
        return "temporarily_unavailable";
    default:
        return "server_error";
    }
}

int status_of(const Error& error, std::string_view name) {
    if (name == "invalid_client" || name == "invalid_token")
        return 401;
    if (name == "too_many_requests")
        return 429;
    if (name == "temporarily_unavailable")
        return 503;
    return name == "server_error" ? http::status_of(error.code) : 400;
}

std::string_view name_of(int status) {
    switch (status) {
    case 401:
        return "invalid_token";
    case 429:
        return "too_many_requests";
    case 503:
        return "temporarily_unavailable";
    default:
        return status >= 500 ? "server_error" : "invalid_request";
    }
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

} // namespace

domain::Call call_of(const domain::Services& services, const http::Request& request) {
    static const auth::Principal nobody;
    const auto caller = serving::caller_of(request, serving::KeyInQuery::Refused);
    domain::Call call{services,         nobody, services.clock.now(), caller.request_id, caller.remote_address,
                      caller.user_agent};
    call.client_request_id = caller.client_request_id;
    call.came_by = caller.origin;
    return call;
}

catalog::AuditRow record_of(const domain::Call& call, const admission::Act& act, const auth::Principal& principal) {
    domain::Call by{call.services,       principal,       call.now,           call.request_id,
                    call.remote_address, call.user_agent, call.preconditions, call.client_request_id};
    return admission::audit_row(by, act, call.services.clock.now());
}

http::Response document(const Json& json) {
    auto response = http::Response::text(200, "application/json", json.dump());
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Pragma", "no-cache");
    return response;
}

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    auto response = document(Json::object({{"error", error}, {"error_description", description}}));
    response.status = status;
    if (status == 401)
        response.headers.set("WWW-Authenticate", error == "invalid_client"
                                                     ? R"(Basic realm="Landfall")"
                                                     : fmt::format(R"(Bearer error="{}")", error));
    return response;
}

http::Response oauth_error(const Error& error, std::string_view refused) {
    const std::string_view name = name_of(error, refused);
    const std::string& why = error.fields.empty() ? error.message : error.fields.front().message;
    auto response = oauth_error(status_of(error, name), name, why);
    if (response.status == 429 || response.status == 503)
        response.headers.set("Retry-After", std::to_string(std::max(1, error.retry_after_seconds)));
    response.log_cause = error.cause;
    return response;
}

http::Response refuse(const http::Request& /*request*/, int status, const std::string& detail) {
    return oauth_error(status, name_of(status), detail.empty() ? http::reason_phrase(status) : detail);
}

Result<Client> client_of(const http::Request& request, const http::Form& form) {
    Client client{std::string(form.get("client_id")), std::string(form.get("client_secret"))};
    const std::string_view header = request.headers.get("Authorization").value_or("");
    if (header.size() > kBasic.size() && http::same_text(header.substr(0, kBasic.size()), kBasic)) {
        const auto pair = from_base64(http::trimmed(header.substr(kBasic.size())));
        const auto colon = pair ? pair->find(':') : std::string::npos;
        const auto id = colon == std::string::npos ? std::nullopt : percent_decode(pair->substr(0, colon));
        const auto secret = colon == std::string::npos ? std::nullopt : percent_decode(pair->substr(colon + 1));
        if (!id || !secret)
            return fail(Code::BadRequest, "The Authorization header is no client id and secret");
        client = {*id, *secret};
    }
    if (client.id.size() > kLongestClient || !is_printable(client.id))
        return fail(Code::BadRequest,
                    fmt::format("The client_id must have at most {} printable characters", kLongestClient));
    return client;
}

Result<std::string> required(const http::Form& form, std::string_view field) {
    const std::string_view value = form.get(field);
    if (value.empty())
        return fail(Code::BadRequest, fmt::format("The field '{}' is missing", field));
    return std::string(value);
}

} // namespace landfall::faces::realm

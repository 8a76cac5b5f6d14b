#include "cli/mcp/http.hpp"

#include "core/mutex.hpp"
#include "core/network.hpp"
#include "core/text.hpp"
#include "http/message/origin.hpp"
#include "http/message/problem.hpp"
#include "http/server/server.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

constexpr std::string_view kPath = "/mcp";
constexpr std::string_view kBearer = "bearer ";

/// The host of `host:port`, without the brackets of an IPv6 address.
std::string host_in(std::string_view authority) {
    const auto bracket = authority.find(']');
    if (authority.starts_with('[') && bracket != std::string_view::npos)
        return std::string(authority.substr(1, bracket - 1));
    return std::string(authority.substr(0, authority.rfind(':')));
}

/// A name that anybody may let lead here is none that proves where a page comes from.
bool is_own_name(std::string_view authority) {
    const std::string host = host_in(authority);
    return host == "localhost" || is_address(host);
}

bool is_own_origin(std::string_view origin) {
    const auto scheme = origin.find("://");
    return scheme != std::string_view::npos && is_own_name(origin.substr(scheme + 3));
}

std::string_view bearer_of(const http::Request& request) {
    const auto value = request.headers.get("Authorization").value_or("");
    return value.size() > kBearer.size() && lower_case(value.substr(0, kBearer.size())) == kBearer
               ? value.substr(kBearer.size())
               : std::string_view();
}

std::optional<http::Response> refuse(const http::Request& request) {
    const auto origin = request.headers.get("Origin");
    if (!is_own_name(http::authority_of(request)) || (origin && !is_own_origin(*origin)))
        return http::problem(403, "Call this server by localhost or its address, and not from a page of another origin",
                             request.request_id);
    const auto version = request.headers.get("MCP-Protocol-Version");
    if (version && !is_mcp_version(*version))
        return http::problem(400, "The version of the protocol is not known here", request.request_id);
    if (bearer_of(request).empty())
        return http::problem(Error(Code::Unauthenticated, "Send an API key or access token as Authorization: Bearer"),
                             request.request_id);
    return std::nullopt;
}

http::Response respond(const McpProtocol& protocol, const McpTarget& target, const http::Request& request) {
    if (auto refused = refuse(request))
        return *std::move(refused);
    Api api({target.url, std::string(bearer_of(request)), target.authorities});
    auto answer = protocol.answer(request.body, api);
    http::Response response =
        answer ? http::Response::text(200, "application/json", *std::move(answer)) : http::Response{.status = 202};
    response.headers.set("Cache-Control", "no-store");
    return response;
}

void wait_for(const std::stop_token& stop) {
    Mutex mutex;
    Condition stopped;
    const std::stop_callback on_stop(stop, [&] {
        const Lock lock(mutex);
        stopped.notify_all();
    });
    const Lock lock(mutex);
    while (!stop.stop_requested())
        stopped.wait(mutex);
}

} // namespace

int serve_mcp(const McpProtocol& protocol, const McpTarget& target, const Endpoint& endpoint, const Terminal& terminal,
              const std::stop_token& stop) {
    const std::string address = endpoint.address.empty() ? "127.0.0.1" : endpoint.address;
    http::ServerOptions options;
    options.address = address;
    options.port = endpoint.port;
    options.io_threads = 1;
    options.cors_origins.clear();
    options.limits.json_body_bytes = kMostMcpMessage;
    http::Face face({std::string(kPath)});
    face.route("POST", std::string(kPath), http::Lane::Slow,
               [&](const http::Request& request) { return respond(protocol, target, request); });
    http::Server server(std::move(options));
    server.add(face);
    if (const Status started = server.start(); !started) {
        terminal.complain(started.error().message);
        return 1;
    }
    const bool is_v6 = address.find(':') != std::string::npos;
    terminal.note(fmt::format("landfall mcp answers at http://{}:{}{}", is_v6 ? "[" + address + "]" : address,
                              server.port(), kPath));
    wait_for(stop);
    server.stop();
    return 0;
}

} // namespace landfall::cli

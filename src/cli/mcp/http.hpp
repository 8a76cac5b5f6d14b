#pragma once
/// The Model Context Protocol over HTTP.
/// Spec: Model Context Protocol 2025-06-18, "Transports", "Streamable HTTP"; answers come as JSON, never as a stream.

#include "cli/mcp/protocol.hpp"
#include "cli/terminal.hpp"
#include "core/endpoint.hpp"

#include <stop_token>
#include <string>

namespace landfall::cli {

/// Where the calls of all callers go. Each brings a Bearer of its own, which is passed on.
struct McpTarget {
    std::string url;
    std::string authorities;
};

/// Serves `POST /mcp` until a stop, on the loopback interface if the endpoint has no address. Callers that found the
/// server under a name other than `localhost` or its address, and pages of other origins, are refused: a page whose
/// name leads here can't use it. Prints the address to `terminal` once it listens; gives an exit code.
int serve_mcp(const McpProtocol& protocol, const McpTarget& target, const Endpoint& endpoint, const Terminal& terminal,
              const std::stop_token& stop);

} // namespace landfall::cli

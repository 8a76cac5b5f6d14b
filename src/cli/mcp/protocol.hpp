#pragma once
/// The Model Context Protocol, whatever carries its messages.
/// Spec: Model Context Protocol 2025-06-18, "Base Protocol", "Lifecycle", "Tools"; JSON-RPC 2.0.

#include "cli/api.hpp"
#include "cli/mcp/tools.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::cli {

/// The longest message that is read, in bytes.
inline constexpr std::size_t kMostMcpMessage = 10U << 20U;

/// Whether a host that names this version of the protocol is understood.
bool is_mcp_version(std::string_view version);

/// Answers messages. Thread-safe.
class McpProtocol {
public:
    /// `most_result`: bytes of an answer that are passed on; a longer one is a refusal that says how to ask for less.
    McpProtocol(const McpTools& tools, std::int64_t most_result) : tools_(tools), most_result_(most_result) {}

    /// The answer to one message, as JSON text of one line; nothing to a notification. Calls go to `api`.
    std::optional<std::string> answer(std::string_view message, Api& api) const;

private:
    Result<Json> result_of(std::string_view method, const Json& params, Api& api) const;
    Result<Json> call(const Json& params, Api& api) const;
    Json shown(const Answer& answer) const;

    const McpTools& tools_;
    const std::int64_t most_result_;
};

} // namespace landfall::cli

#include "cli/mcp/http.hpp"
#include "cli/session.hpp"
#include "core/output.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace landfall::cli {
namespace {

constexpr std::int64_t kMostResult = 200'000; ///< bytes: some fifty thousand tokens
constexpr int kLookMilliseconds = 200;        ///< how often a wait for input looks whether to end

/// The lines of a descriptor, which others may write slowly.
class Lines {
public:
    Lines(int descriptor, std::stop_token stop) : descriptor_(descriptor), stop_(std::move(stop)) {}

    /// The next one without its end; nothing at the end of input, after a stop, or where a line is too long.
    std::optional<std::string> next() {
        for (;;) {
            if (const auto end = held_.find('\n', looked_); end != std::string::npos)
                return take(end);
            looked_ = held_.size();
            if (held_.size() > kMostMcpMessage || !read_more())
                return std::nullopt;
        }
    }

private:
    std::string take(std::size_t end) {
        std::string line = held_.substr(0, end);
        held_.erase(0, end + 1);
        looked_ = 0;
        return line;
    }

    bool read_more() {
        ::pollfd waited{descriptor_, POLLIN, 0};
        while (::poll(&waited, 1, kLookMilliseconds) <= 0)
            if (stop_.stop_requested())
                return false;
        std::array<char, 65536> buffer{};
        const auto got = ::read(descriptor_, buffer.data(), buffer.size());
        if (got <= 0)
            return got < 0 && errno == EINTR;
        held_.append(buffer.data(), static_cast<std::size_t>(got));
        return true;
    }

    const int descriptor_;
    const std::stop_token stop_;
    std::string held_;
    std::size_t looked_ = 0; ///< so far no line ends
};

int speak(const McpProtocol& protocol, Api& api, const Surroundings& surroundings) {
    Lines lines(::fileno(surroundings.terminal.in), surroundings.interrupted);
    while (const auto line = lines.next()) {
        if (line->find_first_not_of(" \t\r") == std::string::npos)
            continue;
        if (const auto answer = protocol.answer(*line, api))
            surroundings.terminal.print(*answer);
        if (output_failed(surroundings.terminal.out))
            return 1; // nobody listens any more
    }
    return 0;
}

int listen(const McpProtocol& protocol, const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto endpoint = parse_endpoint(invocation.value("http").value_or(""));
    if (!endpoint)
        return report_usage(terminal, endpoint.error());
    const auto address = address_of(invocation, terminal);
    if (!address)
        return report_usage(terminal, address.error());
    return serve_mcp(protocol, {address->url, address->authorities}, *endpoint, terminal, surroundings.interrupted);
}

} // namespace

int run_mcp(const operations::Registry& registry, const Invocation& invocation, const Surroundings& surroundings) {
    const McpTools tools(registry, {invocation.has("allow-writes"), invocation.has("allow-destructive")});
    const McpProtocol protocol(tools, kMostResult);
    if (invocation.value("http"))
        return listen(protocol, invocation, surroundings);
    const auto server = server_of(invocation, surroundings.terminal);
    if (!server)
        return report_usage(surroundings.terminal, server.error());
    Api api(*server, surroundings.interrupted);
    return speak(protocol, api, surroundings);
}

} // namespace landfall::cli

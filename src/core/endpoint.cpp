#include "core/endpoint.hpp"

#include <fmt/format.h>

#include <charconv>

namespace landfall {

Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    const std::string_view port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    Endpoint endpoint;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (port.empty() || error != std::errc() || end != port.data() + port.size())
        return fail(Code::InvalidArgument, fmt::format("'{}' is no address; it looks like 127.0.0.1:8080", text));
    endpoint.address = text.substr(0, colon);
    if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']'))
        endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
    return endpoint;
}

} // namespace landfall

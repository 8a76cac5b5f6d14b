#include "core/endpoint.hpp"

#include "core/numbers.hpp"

#include <fmt/format.h>

namespace landfall {

Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    const std::string_view port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    Endpoint endpoint;
    const auto number = number_in<decltype(endpoint.port)>(port);
    if (!number)
        return fail(Code::InvalidArgument, fmt::format("'{}' is no address; it looks like 127.0.0.1:8080", text));
    endpoint.port = *number;
    endpoint.address = text.substr(0, colon);
    if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']'))
        endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
    return endpoint;
}

} // namespace landfall

#pragma once
/// Where a server listens.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall {

struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
};

/// `127.0.0.1:8080`, `[::1]:8080` or `:8080`; InvalidArgument for anything else. The address itself is not looked at.
Result<Endpoint> parse_endpoint(std::string_view text);

} // namespace landfall

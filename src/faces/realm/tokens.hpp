#pragma once
/// `…/token`: every way to tokens. Contract: geopera.md sections 2.2 and 2.3.

#include "domain/context.hpp"
#include "http/message/message.hpp"

#include <span>
#include <string_view>

namespace landfall::faces::realm {

http::Response token(const domain::Services& services, const http::Request& request);

/// The names of the grants that it takes.
std::span<const std::string_view> grant_types();

} // namespace landfall::faces::realm

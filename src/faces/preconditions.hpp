#pragma once
/// The conditions and the range of a request.

#include "core/conditions.hpp"
#include "http/message/message.hpp"

namespace landfall::faces {

Preconditions preconditions_of(const http::Request& request);

} // namespace landfall::faces

#pragma once
/// What the system did not let a worker do, in words for who runs the server.

#include <string>
#include <string_view>

namespace landfall::jobs {

/// A system call that failed with `error`, and what would let it pass: "memfd_create: Operation not permitted. Allow
/// …".
std::string refusal(std::string_view call, int error);

} // namespace landfall::jobs

#pragma once
/// The web console: `/app/…`, and the way there from `/`. Decision: docs/decisions/0024-console.md.

#include "http/server/face.hpp"

namespace landfall::faces {

/// Every path below `/app/` that names no file is a page of the console, which finds out itself which. A program that
/// was built without it says so.
http::Face console_face();

/// Whether the console was built into this program.
bool has_console();

} // namespace landfall::faces

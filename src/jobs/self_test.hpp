#pragma once
/// The attempts that a sandbox must defeat.

#include "core/result.hpp"
#include "jobs/sandbox.hpp"

namespace landfall::jobs {

/// A Task: tries to leave the sandbox it runs in, every way it knows, and answers the array of those that worked, each
/// as a sentence. Harmless where they do.
Result<std::string> try_to_escape(const std::string& folder, const Json& arguments, const Progress& progress);

} // namespace landfall::jobs

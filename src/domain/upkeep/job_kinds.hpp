#pragma once
/// The list of the kinds of jobs.

#include "domain/context.hpp"
#include "jobs/job_context.hpp"

#include <vector>

namespace landfall::domain {

/// How the jobs of every kind are done.
std::vector<jobs::JobHandler> job_handlers(const Services& services);

} // namespace landfall::domain

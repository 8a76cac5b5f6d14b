#pragma once
/// What we make of an uploaded raster after `complete` answered: a COG where the upload is none, a thumbnail, exact
/// statistics where the probe only sampled. Uploaded bytes are never altered. Design: sections 5 and 10.

#include "catalog/item.hpp"
#include "domain/context.hpp"
#include "jobs/job_context.hpp"
#include "raster/facts.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

/// Queues the jobs that one raster asset needs, within the transaction that made it.
Status enqueue_renditions(Context& cx, const catalog::ItemRow& item, const raster::Facts& facts,
                          const std::string& asset_key);

/// How those jobs are done.
std::vector<jobs::JobHandler> rendition_handlers(const Services& services);

} // namespace landfall::domain

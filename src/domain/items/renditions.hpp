#pragma once
/// What we make of an uploaded raster after `complete` answered: a COG where the upload is none, a thumbnail, exact
/// statistics where the probe only sampled. Uploaded bytes are never altered. Design: sections 5 and 10.

#include "catalog/items/asset.hpp"
#include "catalog/items/item.hpp"
#include "domain/context.hpp"
#include "imagery/facts.hpp"
#include "jobs/job_context.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

/// Whether what is drawn from is a COG already, or one has still to be made.
enum class CogState { Missing, Present };
/// Queues the jobs that one raster asset needs, within the transaction that made it.
Status enqueue_renditions(Context& cx, const catalog::AssetRow& asset, const imagery::Facts& facts, CogState cog);

/// Stores a COG rendition of an item's asset, with its object and lineage.
Status add_cog(Context& cx, const catalog::AssetRow& original, const storage::BlobInfo& blob);

/// How those jobs are done.
std::vector<jobs::JobHandler> rendition_handlers(const Services& services);

} // namespace landfall::domain

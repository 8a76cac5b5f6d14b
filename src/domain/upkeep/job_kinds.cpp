#include "domain/upkeep/job_kinds.hpp"

#include "domain/ingest/asset_reading.hpp"
#include "domain/ingest/checksums.hpp"
#include "domain/ingest/ingest_job.hpp"
#include "domain/items/renditions.hpp"
#include "domain/processing/clip.hpp"
#include "domain/work/job_kind.hpp"

namespace landfall::domain {

std::vector<jobs::JobHandler> job_handlers(const Services& services) {
    return {handler_of(services, kClipJob),       handler_of(services, kCogJob),
            handler_of(services, kThumbnailJob),  handler_of(services, kScanJob),
            handler_of(services, kReadUploadJob), handler_of(services, kReadAssetJob),
            handler_of(services, kChecksumJob)};
}

} // namespace landfall::domain

#include "domain/upkeep/job_kinds.hpp"

#include "domain/items/renditions.hpp"
#include "domain/work/job_kind.hpp"

namespace landfall::domain {

std::vector<jobs::JobHandler> job_handlers(const Services& services) {
    return {handler_of(services, kCogJob), handler_of(services, kThumbnailJob), handler_of(services, kScanJob)};
}

} // namespace landfall::domain

#pragma once
/// The files of an asset where a worker finds them.

#include "catalog/items/asset.hpp"
#include "domain/context.hpp"
#include "imagery/tasks.hpp"
#include "jobs/scratch.hpp"

#include <vector>

namespace landfall::domain {

/// A file and its sidecars in a folder of their own.
struct Workplace {
    jobs::ScratchFolder folder;
    imagery::WorkerFiles files;
};

/// Brings a stored asset of an item, and what is read with it, into a folder. `assets`: those of the item.
Result<Workplace> lay_out_asset(const Services& services, const std::vector<catalog::AssetRow>& assets,
                                const catalog::AssetRow& asset);

} // namespace landfall::domain

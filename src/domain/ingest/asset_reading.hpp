#pragma once
/// What a file is that came to an asset by itself, not through an upload session: a job reads it, and a raster is drawn
/// from then on. A file that is nothing of the kind stays what it is. Contract: swisstopo.md section 14.6.

#include "catalog/items/asset.hpp"
#include "domain/context.hpp"
#include "domain/work/job_kind.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

struct ReadAsset {
    std::string asset_id;
};
constexpr auto describe(schema::Of<ReadAsset>) {
    return schema::fields(
        schema::field("asset_id", &ReadAsset::asset_id, {.required = true, .min_length = 1, .max_length = 64}));
}

struct ReadAssetResult {
    std::optional<std::string> skipped; ///< why nothing was made of it
};
constexpr auto describe(schema::Of<ReadAssetResult>) {
    return schema::fields(schema::field("skipped", &ReadAssetResult::skipped, {.sparse = true}));
}

Result<ReadAssetResult> run_read_asset(const Services& services, jobs::JobContext& job, const ReadAsset& payload);

inline constexpr JobKind<ReadAsset, ReadAssetResult> kReadAssetJob{.name = "asset.read", .run = run_read_asset};

/// Queues the reading within the transaction that gave the asset its file.
Status order_reading(Context& cx, const catalog::AssetRow& asset);

} // namespace landfall::domain

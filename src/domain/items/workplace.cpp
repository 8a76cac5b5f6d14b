#include "domain/items/workplace.hpp"

#include "domain/items/assets.hpp"
#include "domain/items/blob_copy.hpp"

namespace landfall::domain {

Result<Workplace> lay_out_asset(const Services& services, const std::vector<catalog::AssetRow>& assets,
                                const catalog::AssetRow& asset) {
    TRY(auto folder, jobs::ScratchFolder::make(services.settings.scratch_directory));
    TRY(const auto sniffed, sniff_blob(services.store, *asset.blob_key, asset.file_name));
    const auto files = named_files(sidecars_of(assets, asset), asset, sniffed.safe_name);
    TRY(auto laid_out, lay_out(services.blobs, folder, files, asset.file_name));
    return Workplace{std::move(folder), std::move(laid_out)};
}

} // namespace landfall::domain

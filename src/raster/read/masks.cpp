#include "raster/read/masks.hpp"

#include <gdal_priv.h>
#include <gdal_utils.h>

#include <algorithm>
#include <cpl_string.h>
#include <memory>

namespace landfall::raster {
namespace {

struct TranslateOptionsDeleter {
    void operator()(GDALTranslateOptions* options) const { GDALTranslateOptionsFree(options); }
};

tl::unexpected<Error> unreadable() {
    return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
        CPLGetLastErrorMsg()));
}

CPLErr copy_rows(GDALRasterBand& band, GDALRWFlag direction, int first, int rows, std::vector<GByte>& pixels) {
    const int width = band.GetXSize();
    return band.RasterIO(direction, 0, first, width, rows, pixels.data(), width, rows, GDT_Byte, 0, 0, nullptr);
}

/// Joins the masks of `from`'s bands in the mask of `into`, a strip of rows at a time.
Status join_masks(GDALDataset& from, GDALDataset& into) {
    constexpr int kStripPixels = 1 << 20;
    const int width = from.GetRasterXSize(), height = from.GetRasterYSize();
    const int step = std::clamp(kStripPixels / width, 1, height);
    std::vector<GByte> all, own;
    for (int first = 0; first < height; first += step) {
        const int rows = std::min(step, height - first);
        all.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(rows), 0);
        own.resize(all.size());
        for (int band = 1; band <= from.GetRasterCount(); ++band) {
            if (copy_rows(*from.GetRasterBand(band)->GetMaskBand(), GF_Read, first, rows, own) != CE_None)
                return unreadable();
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i] = static_cast<GByte>(all[i] | (own[i] != 0 ? 255 : 0));
        }
        if (copy_rows(*into.GetRasterBand(1)->GetMaskBand(), GF_Write, first, rows, all) != CE_None)
            return unreadable();
    }
    return {};
}

} // namespace

bool has_own_mask(GDALRasterBand& band) {
    return (band.GetMaskFlags() & (GMF_ALL_VALID | GMF_PER_DATASET | GMF_ALPHA | GMF_NODATA)) == 0;
}

int alpha_band(GDALDataset& dataset) {
    const int count = dataset.GetRasterCount();
    for (int band = 1; band <= count && count > 1; ++band)
        if (dataset.GetRasterBand(band)->GetColorInterpretation() == GCI_AlphaBand)
            return band;
    return 0;
}

GDALRasterBand* mask_of(GDALDataset& dataset, int band, int level) {
    const auto at_level = [&](int number) {
        GDALRasterBand* const full = dataset.GetRasterBand(number);
        return level < 0 ? full : full->GetOverview(level);
    };
    // GDAL looks for alpha only where it is the last of two or four bands.
    const int alpha = alpha_band(dataset);
    if (alpha != 0)
        return alpha == band ? nullptr : at_level(alpha);
    GDALRasterBand& read = *at_level(band);
    const bool masked = (read.GetMaskFlags() & GMF_PER_DATASET) != 0 || has_own_mask(read);
    return masked ? read.GetMaskBand() : nullptr;
}

bool has_mask(GDALDataset& dataset) {
    const QuietErrors quiet;
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    return alpha_band(dataset) != 0 || has_own_mask(band) ||
           (band.GetMaskFlags() & (GMF_PER_DATASET | GMF_NODATA)) == GMF_PER_DATASET;
}

Result<DatasetHandle> with_one_mask(GDALDataset& dataset, const std::string& path) {
    CPLStringList words;
    for (const char* word : {"-of", "GTiff", "-mask", "mask,1", "-co", "TILED=YES", "-co", "COMPRESS=ZSTD", "-co",
                             "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER"})
        words.AddString(word);
    const std::unique_ptr<GDALTranslateOptions, TranslateOptionsDeleter> options(
        GDALTranslateOptionsNew(words.List(), nullptr));
    if (!options)
        return fail_internal("the options of a translation were refused");
    int usage_error = 0;
    DatasetHandle copy(GDALDataset::FromHandle(GDALTranslate(path.c_str(), &dataset, options.get(), &usage_error)));
    if (!copy)
        return unreadable();
    CHECK_OK(join_masks(dataset, *copy));
    copy->FlushCache(false);
    return copy;
}

} // namespace landfall::raster

#include "raster/read/masks.hpp"

#include <gdal_priv.h>

#include <cmath>
#include <limits>
#include <string_view>

namespace landfall::raster {

bool is_signed_byte(GDALRasterBand& band) {
    const char* const type = band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE");
    return type != nullptr && std::string_view(type) == "SIGNEDBYTE";
}

namespace {

/// Whether a pixel of the band can be `value`.
bool holds(GDALRasterBand& band, double value) {
    const auto within = [&](double low, double high) {
        return value >= low && value <= high && value == std::floor(value);
    };
    switch (band.GetRasterDataType()) {
    case GDT_Byte:
        return is_signed_byte(band) ? within(-128, 127) : within(0, 255);
    case GDT_UInt16:
        return within(0, 65'535);
    case GDT_Int16:
        return within(-32'768, 32'767);
    case GDT_UInt32:
        return within(0, 4'294'967'295.0);
    case GDT_Int32:
        return within(-2'147'483'648.0, 2'147'483'647.0);
    case GDT_Float32: // what a text rounded is meant for the largest
        return !std::isfinite(value) ||
               std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()) * (1 + 1e-6);
    default:
        return true;
    }
}

} // namespace

bool has_own_mask(GDALRasterBand& band) {
    return (band.GetMaskFlags() & (GMF_ALL_VALID | GMF_PER_DATASET | GMF_ALPHA | GMF_NODATA)) == 0;
}

std::optional<double> nodata_value(GDALRasterBand& band) {
    int present = 0;
    double value = 0;
    if (band.GetRasterDataType() == GDT_Int64)
        value = static_cast<double>(band.GetNoDataValueAsInt64(&present));
    else if (band.GetRasterDataType() == GDT_UInt64)
        value = static_cast<double>(band.GetNoDataValueAsUInt64(&present));
    else
        value = band.GetNoDataValue(&present);
    return present != 0 && holds(band, value) ? std::optional(value) : std::nullopt;
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

} // namespace landfall::raster

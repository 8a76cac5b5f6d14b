#pragma once

#include <cmath>
#include <limits>

namespace landfall::raster {

/// The pixel values of a band that are nodata; none if the value is NaN, which no pixel equals.
struct NodataRange {
    double low = 0, high = 0;
    bool holds(double value) const { return value >= low && value <= high; }
};

/// Of floating-point pixels the last digits do not count: files often name the value with fewer or more digits than
/// their pixels have. GDAL compares as loosely, so the overviews and masks that it makes agree.
inline NodataRange nodata_range(double nodata, bool is_floating) {
    const double slack = is_floating && std::isfinite(nodata)
                             ? 4 * static_cast<double>(std::numeric_limits<float>::epsilon()) * std::abs(nodata)
                             : 0;
    return {nodata - slack, nodata + slack};
}

} // namespace landfall::raster

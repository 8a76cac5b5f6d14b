#pragma once
/// Statistics and pictures of an item's values, computed by a worker while the caller waits. Contract: geopera.md
/// sections 10 and 11; extensions.md, Pixels.

#include "domain/context.hpp"
#include "domain/drawing/view.hpp"
#include "imagery/analysis/measure_task.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct MeasureTerms {
    View view;                         ///< its bands, expression, nodata; a profile only if it is named
    std::optional<std::string> sensor; ///< by whose band names the expression may speak as well
    std::vector<Json> zones;           ///< GeoJSON Polygons and MultiPolygons; none: the whole raster
    imagery::ZonePixels pixels = imagery::ZonePixels::Covered;
    std::vector<double> percentiles;
    int histogram_bins = 0;
    bool classes = false;
    std::optional<std::int64_t> max_pixels;
};

struct Measured {
    imagery::MeasureAnswer answer;
    std::vector<std::string> names; ///< of the answer's bands; of an expression `expression`
};
/// InvalidArgument for bad parameters and items without a readable raster, NotFound for an unknown item, asset, profile
/// or sensor, Gone for expired items, Unavailable if no worker has time.
Result<Measured> measure(Call& call, const MeasureTerms& terms);

struct BoxTerms {
    View view; ///< its expression, colormap and rescale
    std::optional<std::string> sensor;
    std::array<double, 4> box{}; ///< west, south, east, north in degrees
    int max_size = 2048;         ///< pixels of the longer side
};
/// A PNG of the pixels whose centres lie in a box, on the raster's own grid. Fails as `measure` does.
Result<std::string> draw_box(Call& call, const BoxTerms& terms);

/// A box as the GeoJSON Polygon of the same area.
Json polygon_of(const std::array<double, 4>& box);

} // namespace landfall::domain

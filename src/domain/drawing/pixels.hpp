#pragma once
/// Parts of an item as files, and its values at points. Contract: `extensions.md`, "Pixels".

#include "domain/context.hpp"
#include "domain/drawing/view.hpp"
#include "imagery/pixel_tasks.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct ExportTerms {
    View view; ///< of values without bands and expression: all that hold data
    std::array<double, 4> bbox{};
    std::string bbox_crs = "EPSG:4326", crs = "EPSG:4326";
    std::optional<std::int64_t> width, height;
    std::optional<double> resolution;
    imagery::ExportFormat format = imagery::ExportFormat::Png;
    std::optional<Json> aoi; ///< GeoJSON in longitude and latitude
    int quality = 82;        ///< of JPEG and WebP
};
struct Exported {
    std::string bytes, media_type, file_name;
};
/// InvalidArgument for what does not fit the raster and for too many pixels, Gone for expired items, Unavailable while
/// its turn does not come.
Result<Exported> export_item(Call& call, const ExportTerms& terms);

struct PointTerms {
    View view;                                      ///< which values: without bands and expression all that hold data
    std::vector<std::array<double, 2>> coordinates; ///< longitude, latitude; 1 to 10 000
    bool scaled = false;
};
struct PointTable {
    std::vector<std::string> bands;
    std::vector<std::vector<Json>> values; ///< a row for each point: a number or null for each band
};
/// The pixel that holds each point. Fails as `export_item`.
Result<PointTable> read_points(Call& call, const PointTerms& terms);

} // namespace landfall::domain

#pragma once
/// What a sandboxed worker can be asked to do with rasters and vectors: JSON in, JSON out.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace landfall::raster {

/// Reports a share 0..1 and a stage name; false means stop.
using Progress = std::function<bool(double, std::string_view)>;

/// Probes one primary file. `arguments`: {file, sidecars: [name], original_name, categorical_hint, budgets?}, where
/// the names are those that lie in `folder`. Answers `to_json(Facts)`. InvalidArgument with a sentence for the user if
/// the file cannot be used, Canceled if `progress` says so.
Result<Json> probe_task(const std::string& folder, const Json& arguments, const Progress& progress);

/// Makes `folder/output.tif`, a cloud-optimized GeoTIFF with overviews and masks, of `folder/<file>`. `arguments`:
/// {file, sidecars, original_name, compression: "zstd" (default) or "deflate", level: 1..9, block_size: 256 or 512,
/// threads, categorical}. A file with ground control points only is warped into their coordinate system; of a file of
/// several variables the first georeferenced one is taken. Answers {file, driver, media_type, size_bytes, width,
/// height, band_count, overviews}. InvalidArgument if the file can't be read or decoded, Canceled if `progress` says
/// so.
Result<Json> cog_task(const std::string& folder, const Json& arguments, const Progress& progress);

/// Makes `folder/thumbnail.<format>` of `folder/<file>`. `arguments`: {file, sidecars, original_name, size (longer
/// side, 512), format: "webp" (default), "png" or "jpeg", quality, rendering: a profile's config, facts: as tile_facts
/// makes them}. Answers {file, media_type, width, height}.
Result<Json> thumbnail_task(const std::string& folder, const Json& arguments, const Progress& progress);

} // namespace landfall::raster

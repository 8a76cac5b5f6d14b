#pragma once
/// Renderings as people write them: profile configurations and query parameters. Pure, no GDAL.

#include "imagery/band_names.hpp"
#include "imagery/tile_request.hpp"

#include <string_view>

namespace landfall::imagery {

/// `"1,2,3"` or names, as `geopera.md` section 10: one or three bands. InvalidArgument names the known bands.
Result<std::vector<int>> parse_bands(std::string_view text, const BandNames& names);

/// `"lo,hi"` or one pair per band separated by semicolons; finite, each lo below its hi. InvalidArgument otherwise.
Result<std::vector<std::array<double, 2>>> parse_rescale(std::string_view text);

/// Reads a profile configuration: bands (numbers or names, array or text), expression, rescale (pair, pairs or text),
/// colormap, gamma, nodata (number or "nan"), resampling. Unknown keys are left to the caller. Null and absent members
/// mean automatic. InvalidArgument with one field error for every faulty member.
Result<Rendering> rendering_from_config(const Json& config, const BandNames& names);

/// Whether a file with these bands can be drawn so: what a tile would be refused for, told before one is asked for.
/// InvalidArgument names the parameter.
Status check_fit(const Rendering& rendering, const BandNames& names);

/// The configuration that `rendering_from_config` reads back; automatic members are left out.
Json config_from_rendering(const Rendering& rendering);

} // namespace landfall::imagery

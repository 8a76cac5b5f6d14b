#pragma once
/// Renderings as people write them: profile configurations and query parameters. Pure, no GDAL.

#include "imagery/band_names.hpp"
#include "imagery/tile_request.hpp"

#include <string_view>

namespace landfall::imagery {

/// `"1,2,3"` or names, as `geopera.md` section 10: one or three bands. InvalidArgument names the known bands.
Result<std::vector<int>> parse_bands(std::string_view text, const BandNames& names);

/// The same of any number of bands, at least one: for values.
Result<std::vector<int>> parse_band_list(std::string_view text, const BandNames& names);

/// `"lo,hi"` or one pair per band separated by semicolons; finite, each lo below its hi. InvalidArgument otherwise.
Result<std::vector<std::array<double, 2>>> parse_rescale(std::string_view text);

/// Reads a profile configuration: bands (numbers or names, array or text), expression, rescale (pair, pairs or text),
/// colormap, gamma, contrast, saturation, algorithm, algorithm_params, nodata (number or "nan"), resampling. Unknown
/// keys are left to the caller. Null and absent members mean automatic. InvalidArgument with one field error for every
/// faulty member.
Result<Rendering> rendering_from_config(const Json& config, const BandNames& names);

/// Whether a file with these bands can be drawn so: what a tile would be refused for, told before one is asked for.
/// InvalidArgument names the parameter.
Status check_fit(const Rendering& rendering, const BandNames& names);

/// How a profile draws: its type and its configuration.
struct Look {
    std::string_view type; ///< rgb, singleband, multiband, expression
    const Json& config;
};

/// `rendering_from_config`; of type `singleband` the first band where the configuration leaves that open. A look of
/// type `expression` needs one.
Result<Rendering> rendering_of(const Look& look, const BandNames& names);

/// What a tile of that look would be refused for.
Status check_look(const Look& look, const BandNames& names);

/// What can be told of it before there is a file to be drawn: bands by name and expressions are not looked at.
Status check_look_of_any(const Look& look);

/// The configuration that `rendering_from_config` reads back; automatic members are left out.
Json config_from_rendering(const Rendering& rendering);

} // namespace landfall::imagery

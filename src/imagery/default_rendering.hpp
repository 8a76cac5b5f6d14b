#pragma once
/// How a file is shown before anyone has said how (`geopera.md` section 7.4). Pure, no GDAL.

#include "imagery/band_names.hpp"
#include "imagery/facts.hpp"
#include "imagery/tile_request.hpp"

namespace landfall::imagery {

/// Whether it is an elevation-like, categorical, colour or plain band decides:
/// - bands that the file itself calls red, green and blue (`common_names`): those three; infrared, red and green where
///   there is no blue
/// - bands of netCDF, and those that are named by times: one quantity, its first band that has valid pixels in viridis
/// - four or more bands without such names: 3, 2, 1, the order of satellite products (blue, green, red, near
/// infrared…);
///   four of bytes: 1, 2, 3, as three of any type
/// - classes: the first band, nearest, in the file's own colours, else in those of `kClassColors`; two values in black
///   and white
/// - elevations (raster_kind.hpp): relief over hillshade, as far as the file lies on the ground
/// - radar backscatter: decibels
/// - otherwise the first band in gray
/// `file_name`: as the user sent it, for what only it tells; may be empty.
Rendering default_rendering(const Facts& facts, std::string_view file_name = {});

/// The rendering with all settled that it leaves open, by the rules of the default one, so that chosen bands look as
/// they do in the default picture:
/// - bytes whose colours are declared, and a single band of bytes that spans half of its range, stay as they are
/// - else p2..p98 of the statistics, min..max where these are one; a constant band among three is drawn within what
///   the others span
/// Expressions, and bands without statistics, are left to whoever reads the file.
Rendering settled(Rendering rendering, const Facts& facts);

/// The default rendering as a profile's `config`.
Json profile_config(const Facts& facts, std::string_view file_name = {});

/// `rgb`, `singleband`, `expression`, as `visualization.profile.create` types them.
std::string profile_type(const Facts& facts, std::string_view file_name = {});

/// What the renderer takes from the probe for a settled rendering: the bands' names, their p2 and p98, whether the file
/// is categorical, and colours that the file does not bring.
TileFacts tile_facts(const Facts& facts, const BandNames& names, const Rendering& rendering);

} // namespace landfall::imagery

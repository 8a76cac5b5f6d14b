#pragma once
/// Slopes of elevations, and what is drawn of them.

#include "imagery/colors/colormap.hpp"
#include "imagery/tile_request.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/image.hpp"
#include "raster/vocabulary.hpp"

#include <array>
#include <optional>
#include <vector>

namespace landfall::raster {

/// How steep the ground is at each pixel: rise over run towards the east and towards the north, both in metres where
/// the values are metres. Horn's third-order differences (1981), as gdaldem has them; a neighbour that is missing is
/// what makes the slope go on straight. NaN where the pixel itself is missing.
struct Slopes {
    std::vector<float> east, north;
};

/// `padded`: one plane of floats, one pixel wider to each side than the slopes. Metres of a unit of its reference
/// system are those at the place: degrees and Mercator's stretch are accounted for, row by row. InvalidArgument without
/// one.
Result<Slopes> slopes_of(const Image& padded, double z_factor);

/// 1..255 by how the light falls, as gdaldem's: 1 in the dark. With `multidirectional` from 225, 270, 315 and 360
/// degrees, each weighted by how much the slope faces it (USGS Open-File Report 92-422).
std::vector<float> hillshade(const Slopes& slopes, const TerrainParams& light);
/// Degrees, 0..90.
std::vector<float> slope_degrees(const Slopes& slopes);
/// The direction that a slope faces, degrees clockwise from north; NaN where it is flat.
std::vector<float> aspect_degrees(const Slopes& slopes);

/// The colours of relief over its shade: lighter where more light falls than on flat ground, darker where less.
Rgba shaded(Rgba color, double shade, double flat);

/// Lines of equal value, one pixel wide and soft at their edges; every fifth is stronger. `padded` and `slopes` as
/// above, in values per pixel. Clear between them.
Picture draw_contours(const Image& padded, double interval, double base);
/// A round number of units that makes about twenty contours between two values.
double contour_interval(double low, double high);

/// Height as Mapbox encodes it in colours: tenths of a metre above -10 000; 0 m where missing. Opaque.
Rgba terrain_rgb(double metres);

} // namespace landfall::raster

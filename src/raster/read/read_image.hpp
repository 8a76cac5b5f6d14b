#pragma once
/// The one way from an open raster to pixels: an image of bands or of an expression over them, on any grid.
///
///   - `read_image`: resampled, for pictures: floats with one mask, or packed bytes;
///   - `read_values`: for files and numbers: the bands' own types and masks, bit for bit where the grid is the
///   source's;
///   - `read_window`, `walk_window`: the source's own pixels, at once or by block rows;
///   - `read_points`: single pixels.
/// All are bounded by raster/read/pixel_budget.hpp and run in sandboxed workers.

#include "imagery/expression.hpp"
#include "imagery/resampling.hpp"
#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"
#include "raster/vocabulary.hpp"

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace landfall::raster {

/// What is read and how.
struct ImageSpec {
    ReadSpec read; ///< of an expression: its bands, `every_band` and `as_float`
    std::optional<Expression> expression;
    Resampling resampling = Resampling::Bilinear;
};

/// Every band of a file but its alpha band.
std::vector<int> data_bands(const SourceImage& source);
/// The spec of an expression. InvalidArgument as Expression::compile says.
Result<ImageSpec> expression_spec(std::string_view expression, const BandNames& names);

/// Resampled onto the grid, at the level of detail that suits it: planes of floats with one mask for all, or packed
/// bytes. Expressions see physical values (scale and offset applied), bands are raw; what an expression makes of a
/// pixel that is no finite number is missing. InvalidArgument without a place on the ground or with damaged pixels.
Result<Image> read_image(SourceImage& source, const ImageSpec& spec, const Grid& grid);

/// The whole source, coarse: on about `side` pixels a side, as read at the level that is there. For what a sample
/// tells.
Result<Image> read_sample(SourceImage& source, const ImageSpec& spec, int side);

/// Values on the grid: each band in its own type with its own mask, an expression as floats. Where the grid is that of
/// the source's pixels, nothing is resampled, whatever `resampling` says; what lies outside is missing. Otherwise
/// nearest keeps every bit, and interpolated integers are rounded. Errors as for `read_image`.
Result<Image> read_values(SourceImage& source, const ImageSpec& spec, const Grid& grid);

/// The source's own pixels of a window, as `SourceImage::read_exact`; an expression as floats with its mask.
Result<Image> read_window(SourceImage& source, const ImageSpec& spec, const LevelRect& window);

/// Most bytes of values and masks that one step of `walk_window` holds, unless a single row of one block is more.
inline constexpr std::size_t kStepBytes = std::size_t{32} << 20;
/// Gets each part of a window once, in rows of blocks from the upper left, with the place of its first pixel within the
/// source. An error ends the walk.
using Visit = std::function<Status(const Image& part, const LevelRect& where)>;
Status walk_window(SourceImage& source, const ImageSpec& spec, const LevelRect& window, const Visit& visit);
/// The parts that such a walk takes.
std::vector<LevelRect> walk_parts(const SourceImage& source, const ImageSpec& spec, const LevelRect& window);

/// The pixels of the source that a grid of the same reference system and pixel size consists of, which may lie outside;
/// nothing for any other grid.
std::optional<LevelRect> own_window(const SourceImage& source, const Grid& grid);
/// What of a window lies within the source; without width or height if nothing does.
LevelRect cut(const LevelRect& window, const SourceImage& source);

/// The pixel that holds each point (x or longitude, y or latitude of `crs`, as a Grid has it): an image of one row
/// whose n-th pixel is the n-th point's; missing outside of the source. Blocks are decoded once each.
Result<Image> read_points(SourceImage& source, const ImageSpec& spec, const std::string& crs,
                          const std::vector<std::array<double, 2>>& points);

} // namespace landfall::raster

#pragma once
/// Where in a source each pixel of a grid lies: exact projection at few points, bilinear between.

#include "core/result.hpp"
#include "raster/read/grid.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

class GDALDataset;

namespace landfall::raster {

/// From a coordinate reference system to pixel coordinates of one dataset (upper left corner 0, 0). Handles any
/// affine transform, ground control points (thin plate spline up to 400 points, else polynomial), and sources whose
/// x axis is cut or wrapped elsewhere than at 180 degrees. One thread at a time.
class SourceMapping {
public:
    /// `crs`: as a Grid has it. InvalidArgument if it is none, or if the dataset has no coordinate reference system, no
    /// georeference, or lies on another planet.
    static Result<std::unique_ptr<SourceMapping>> make(GDALDataset& dataset, const std::string& crs);
    ~SourceMapping();

    /// Transforms points in place, exactly; those that have no counterpart become NaN.
    void to_pixels(std::vector<double>& x, std::vector<double>& y) const;
    /// Once around the world along x in the units of `crs`; 0 where x does not repeat.
    double world_width() const;

private:
    struct Impl;
    explicit SourceMapping(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A rectangle of pixels over which source coordinates are bilinear within the tolerance.
struct GridCell {
    int x = 0, y = 0, width = 0, height = 0;
    std::array<double, 4> source_x{}, source_y{}; ///< at its corners: upper left, upper right, lower left, lower right
};

struct WarpGrid {
    int width = 0, height = 0;
    std::vector<GridCell> cells;                       ///< only those that may touch the source
    double min_x = 0, min_y = 0, max_x = 0, max_y = 0; ///< of all cells, source pixels, cut to the source
    double scale = 1;                                  ///< source pixels per pixel, geometric mean at the finest cell
};

/// Largest deviation of the approximation from exact projection, in pixels of the grid.
inline constexpr double kGridTolerance = 0.125;

/// Builds it: an exact point every 16 pixels, and quartered wherever the middle of a cell or of its sides deviates by
/// more than half of kGridTolerance. `width`, `height`: of the source in pixels. Without a `mapping` the target's
/// coordinates are pixels of the source.
WarpGrid build_warp_grid(const SourceMapping* mapping, const Grid& target, double width, double height);

} // namespace landfall::raster

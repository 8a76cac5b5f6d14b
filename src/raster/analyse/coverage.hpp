#pragma once
/// How much of each pixel polygons cover, exactly. No GDAL here.

#include "geo/area.hpp"

#include <span>
#include <vector>

namespace landfall::raster {

/// The fractions of the pixels of a grid that lie within polygons, row by row, in memory of one row and the edges.
///
/// Every edge adds the signed area between it and the right end of each row that it crosses, so a fraction is exact up
/// to the rounding of doubles, and there and back along a line adds nothing. Polygons that overlap count once for each,
/// up to 1.
class Coverage {
public:
    /// `polygons`: columns and rows of the grid, shells in any direction.
    explicit Coverage(const std::vector<geo::Polygon>& polygons);

    /// The columns and rows between which the polygons lie; low > high without any.
    struct Extent {
        double min_x, min_y, max_x, max_y;
    };
    const Extent& extent() const { return extent_; }

    /// Fractions 0..1 of the pixels of row `row` from column `first` on. Rows are cheapest from the upper one down;
    /// going back costs a look at every edge.
    void fill(int row, int first, std::span<double> fractions);

private:
    /// From its upper end to its lower one; `sign` is -1 where the ring goes up, and the other way round in holes.
    struct Edge {
        double x0, y0, x1, y1, sign;
    };
    void add(const geo::Ring& ring, double direction);

    std::vector<Edge> edges_;          ///< by their upper ends
    std::vector<std::size_t> crossed_; ///< those that reach the present row
    int row_ = 0;                      ///< that was asked for last
    std::size_t next_ = 0;             ///< the first that begins below it
    std::vector<double> steps_;        ///< of the present row: differences from pixel to pixel
    Extent extent_;
};

} // namespace landfall::raster

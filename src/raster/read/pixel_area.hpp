#pragma once
/// An area of interest among the pixels of a grid.

#include "geo/area.hpp"
#include "raster/read/image.hpp"
#include "raster/read/source_image.hpp"

#include <optional>
#include <vector>

namespace landfall::raster {

/// Polygons in columns and rows of a grid. A pixel belongs to it when its centre lies inside of any of them.
class PixelArea {
public:
    /// Edges are straight in longitude and latitude: each is cut into pieces until it lies within kEdgeTolerance pixels
    /// of that. `around`: the ground that the grid shows, degrees; what lies far from it is cut off first, since no
    /// reference system holds for the whole world. Where the grid goes all around the world, the area may lie across
    /// its seam: columns then go on beyond the width. InvalidArgument if the grid has no reference system, or if it has
    /// no coordinates for the area.
    static Result<PixelArea> make(const geo::Area& area, const Grid& grid, const std::optional<geo::Bounds>& around);

    const std::vector<geo::Polygon>& polygons() const { return polygons_; }
    /// The smallest window that holds every pixel of the area; nothing if there is none.
    std::optional<LevelRect> window() const;
    /// 255 for the pixels of a window that belong to the area, 0 for others.
    Mask inside(const LevelRect& window) const;

private:
    void join_at_seam();
    /// Of the polygons' corners, cut to the grid's rows and, unless it goes around the world, its columns.
    std::optional<LevelRect> outer_window() const;

    Grid grid_;
    bool goes_around_ = false;
    std::vector<geo::Polygon> polygons_;
};

/// Pixels.
inline constexpr double kEdgeTolerance = 1e-4;

/// Hides what lies outside of an area, in place. `where`: the image's window of the area's grid.
void keep_inside(const PixelArea& area, const LevelRect& where, Image& image);

} // namespace landfall::raster

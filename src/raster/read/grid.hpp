#pragma once
/// Where the pixels of an image lie.

#include <array>
#include <cstdint>
#include <string>

namespace landfall::raster {

/// The Web Mercator of map tiles.
inline constexpr const char* kWebMercator = "EPSG:3857";

/// A regular grid of pixels: a coordinate reference system, the affine transform from pixels to it, and a size.
struct Grid {
    /// A code or WKT; x (or longitude) comes first whatever its definition says. Empty: the pixels of the source
    /// itself, upper left corner 0, 0, for what needs no place on the ground.
    std::string crs;
    /// GDAL's order, of pixel corners: x = t0 + column * t1 + row * t2, y = t3 + column * t4 + row * t5.
    std::array<double, 6> transform{0, 1, 0, 0, 0, 1};
    int width = 0, height = 0; ///< pixels

    std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
    double x_of(double column, double row) const { return transform[0] + column * transform[1] + row * transform[2]; }
    double y_of(double column, double row) const { return transform[3] + column * transform[4] + row * transform[5]; }

    /// A part of it, `column` and `row` of which is its upper left pixel; it may lie outside.
    Grid window(int column, int row, int columns, int rows) const {
        Grid part = *this;
        part.transform[0] = x_of(column, row);
        part.transform[3] = y_of(column, row);
        part.width = columns;
        part.height = rows;
        return part;
    }
};

/// The grid of an XYZ tile of Web Mercator, row 0 at the north, with `size` pixels a side.
Grid tile_grid(int z, std::int64_t x, std::int64_t y, int size);

} // namespace landfall::raster

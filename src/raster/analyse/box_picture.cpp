#include "raster/analyse/box_picture.hpp"

#include "raster/draw/draw_grid.hpp"
#include "raster/read/pixel_area.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

/// The window as a grid whose longer side has no more pixels than wanted.
Grid fitted(const Grid& grid, const LevelRect& window, int most) {
    Grid out = grid.window(window.x, window.y, window.width, window.height);
    const double factor = std::max(1.0, static_cast<double>(std::max(out.width, out.height)) / most);
    out.width = std::max(1, static_cast<int>(std::lround(window.width / factor)));
    out.height = std::max(1, static_cast<int>(std::lround(window.height / factor)));
    const double across = static_cast<double>(window.width) / out.width;
    const double down = static_cast<double>(window.height) / out.height;
    auto& t = out.transform;
    t = {t[0], t[1] * across, t[2] * down, t[3], t[4] * across, t[5] * down};
    return out;
}

} // namespace

Result<Picture> draw_box(SourceImage& source, const BoxPictureArguments& arguments, const geo::Area& box) {
    TRY(const Grid grid, source.grid());
    std::optional<geo::Bounds> ground;
    if (arguments.ground_bounds) {
        const auto& [west, south, east, north] = *arguments.ground_bounds;
        ground = geo::Bounds{west, south, east, north};
    }
    TRY(const PixelArea area, PixelArea::make(box, grid, ground));
    const auto window = area.window();
    if (!window)
        return fail_field("bbox", "The box holds no pixel of the raster.");
    const Grid wanted = fitted(grid, *window, arguments.max_size);
    TRY(Picture picture, draw_grid(source, arguments.rendering, arguments.facts, wanted));
    if (picture.pixels.empty())
        picture = {wanted.width, wanted.height, std::vector<std::uint32_t>(wanted.pixels(), 0)};
    TRY(const PixelArea own, PixelArea::make(box, wanted, ground));
    const Mask inside = own.inside({0, 0, wanted.width, wanted.height});
    for (std::size_t i = 0; i < inside.size(); ++i)
        picture.pixels[i] = inside[i] != 0 ? picture.pixels[i] : 0;
    return picture;
}

} // namespace landfall::raster

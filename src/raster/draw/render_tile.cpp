#include "raster/draw/render_tile.hpp"

#include "raster/draw/draw_grid.hpp"
#include "raster/draw/drawing.hpp"
#include "raster/draw/terrain.hpp"

#include <cmath>
#include <limits>

namespace landfall::raster {

Result<Picture> draw_tile(SourceImage& source, const TileRequest& request) {
    const Grid grid = tile_grid(request.z, request.x, request.y, request.size);
    TRY(Picture picture, draw_grid(source, request.rendering, request.facts, grid));
    const Rgba outside = request.rendering.algorithm == "terrainrgb" ? terrain_rgb(0) : 0;
    CHECK_OK(cover_outside(request.aoi, grid, outside, picture));
    return picture;
}

Result<Tile> render_tile(SourceImage& source, const TileRequest& request, Encoder& encoder) {
    TRY(const Picture picture, draw_tile(source, request));
    Tile tile;
    tile.format = request.format;
    std::uint32_t seen = 0;
    for (const std::uint32_t pixel : picture.pixels)
        seen |= pixel;
    tile.empty = seen >> 24 == 0;
    if (tile.empty) {
        TRY(tile.bytes, encoder.empty_tile(request.size, request.format));
    } else {
        TRY(tile.bytes, encoder.encode(picture, request.format, request.quality));
    }
    return tile;
}

Result<std::vector<float>> tile_values(SourceImage& source, const TileRequest& request) {
    TileRequest plain = request;
    plain.rendering.rescale = {{0, 1}};
    TRY(Drawing drawing, plan_drawing(source, plain.rendering, plain.facts));
    if (drawing.channels != 1)
        return fail_field("bands", "Give one band.");
    drawing.image.read.as_float = true;
    const Grid grid = tile_grid(request.z, request.x, request.y, request.size);
    TRY(const Image image, read_image(source, drawing.image, grid));
    std::vector<float> result(grid.pixels(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; !image.empty && i < result.size(); ++i)
        if (image.masks[0][i] != 0)
            result[i] = image.floats(0)[i];
    return result;
}

} // namespace landfall::raster

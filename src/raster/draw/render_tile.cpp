#include "raster/draw/render_tile.hpp"

#include "raster/draw/drawing.hpp"

#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

Result<TileValues> read_values(SourceImage& source, const TileRequest& request, const Drawing& drawing) {
    TRY(const SourceMapping* mapping, source.mapping());
    const double width = source.width(), height = source.height();
    const TileGrid grid = build_grid(*mapping, {request.z, request.x, request.y, request.size}, width, height);
    TileValues values;
    values.size = request.size;
    if (grid.cells.empty() || grid.max_x <= grid.min_x || grid.max_y <= grid.min_y)
        return values;
    TRY(const PixelWindow window,
        source.read(drawing.spec, {grid.min_x, grid.min_y, grid.max_x, grid.max_y}, grid.scale));
    values = resample(window, grid, {0, 0, width, height}, drawing.kernel);
    if (!values.empty)
        apply_expression(drawing, source, values);
    return values;
}

} // namespace

Result<Picture> draw_tile(SourceImage& source, const TileRequest& request) {
    TRY(const Drawing drawing, plan_drawing(source, request.rendering, request.facts));
    TRY(const TileValues values, read_values(source, request, drawing));
    if (values.empty)
        return Picture{};
    return colorize(values, request.size, request.size, drawing.coloring, drawing.channels);
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
    drawing.spec.as_float = true;
    TRY(const TileValues values, read_values(source, plain, drawing));
    const auto count = static_cast<std::size_t>(request.size) * static_cast<std::size_t>(request.size);
    std::vector<float> result(count, std::numeric_limits<float>::quiet_NaN());
    if (!values.empty)
        for (std::size_t i = 0; i < count; ++i)
            if (values.validity[i] != 0)
                result[i] = values.planes[0][i];
    return result;
}

} // namespace landfall::raster

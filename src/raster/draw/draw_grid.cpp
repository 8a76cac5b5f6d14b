#include "raster/draw/draw_grid.hpp"

#include "raster/draw/drawing.hpp"
#include "raster/draw/terrain.hpp"
#include "raster/read/pixel_area.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

using Range = std::array<double, 2>;

constexpr std::string_view kReliefRamp = "relief";

/// An algorithm over elevations, with what it needs to be drawn.
struct Terrain {
    Drawing drawing; ///< of the elevations
    Image padded;    ///< elevations in metres, one pixel wider to each side than the grid
    TerrainParams params;
    Picture colors; ///< of relief, without its shade
};

Rendering of_elevations(const Rendering& rendering) {
    Rendering plain = rendering;
    const bool colored = rendering.algorithm == "relief";
    // What is stretched and coloured is what the algorithm makes, except for relief.
    if (!colored) {
        plain.rescale = {{0, 1}};
        plain.colormap = "gray";
    } else if (plain.colormap.empty()) {
        plain.colormap = kReliefRamp;
    }
    return plain;
}

void apply_scale(SourceImage& source, const Drawing& drawing, Image& image) {
    if (drawing.image.expression || image.empty)
        return;
    const int band = drawing.image.read.bands[0];
    const auto scale = static_cast<float>(source.band_scale(band)),
               offset = static_cast<float>(source.band_offset(band));
    if (scale != 1 || offset != 0)
        for (float& value : image.floats(0))
            value = value * scale + offset;
}

Result<Terrain> read_terrain(SourceImage& source, const Rendering& rendering, const TileFacts& facts,
                             const Grid& grid) {
    Terrain terrain;
    terrain.params = rendering.algorithm_params.value_or(TerrainParams{});
    TRY(terrain.drawing, plan_drawing(source, of_elevations(rendering), facts));
    if (terrain.drawing.channels != 1)
        return fail_field("algorithm", "Algorithms over elevations take one band: give it in bands, or an expression.");
    ImageSpec& spec = terrain.drawing.image;
    spec.read.as_float = true;
    spec.read.categorical = false;
    if (spec.resampling == Resampling::Nearest && rendering.resampling.empty())
        spec.resampling = Resampling::Bilinear;
    TRY(terrain.padded, read_image(source, spec, grid.window(-1, -1, grid.width + 2, grid.height + 2)));
    return terrain;
}

Image on(const Grid& grid, std::vector<float> values) {
    Image image;
    image.grid = grid;
    image.masks.emplace_back(values.size(), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool valid = std::isfinite(values[i]);
        image.masks[0][i] = valid ? 255 : 0;
        image.empty = image.empty && !valid;
    }
    image.planes.emplace_back(std::move(values));
    return image;
}

Result<Image> computed(const Terrain& terrain, std::string_view algorithm, const Grid& grid) {
    TRY(const Slopes slopes, slopes_of(terrain.padded, terrain.params.z_factor));
    if (algorithm == "slope")
        return on(grid, slope_degrees(slopes));
    if (algorithm == "aspect")
        return on(grid, aspect_degrees(slopes));
    return on(grid, hillshade(slopes, terrain.params));
}

/// What a rendering leaves open of the colours of an algorithm's values.
Result<Coloring> coloring_of(const Rendering& rendering) {
    Coloring coloring;
    coloring.gamma = rendering.gamma;
    coloring.contrast = rendering.contrast;
    const bool degrees = rendering.algorithm == "slope" || rendering.algorithm == "aspect";
    const Range usual = rendering.algorithm == "slope" ? Range{0, 60} : (degrees ? Range{0, 360} : Range{0, 255});
    coloring.stretch = {rendering.rescale.empty() ? usual : rendering.rescale.front()};
    const std::string_view ramp = rendering.algorithm == "aspect" ? "twilight" : (degrees ? "inferno" : "gray");
    TRY(coloring.colormap, Colormap::parse(rendering.colormap.empty() ? ramp : std::string_view(rendering.colormap)));
    return coloring;
}

/// The part of a padded image that lies on the grid itself.
Image inner(const Image& padded, const Grid& grid) {
    std::vector<float> values;
    values.reserve(grid.pixels());
    const auto wide = static_cast<std::size_t>(padded.grid.width);
    for (int row = 0; row < grid.height; ++row)
        for (int column = 0; column < grid.width; ++column) {
            const std::size_t at = static_cast<std::size_t>(row + 1) * wide + static_cast<std::size_t>(column) + 1;
            values.push_back(padded.mask(0)[at] != 0 ? padded.floats(0)[at] : std::nanf(""));
        }
    return on(grid, std::move(values));
}

Result<Picture> draw_relief(Terrain terrain) {
    TRY(const Slopes slopes, slopes_of(terrain.padded, terrain.params.z_factor));
    Picture picture = std::move(terrain.colors);
    const auto shades = hillshade(slopes, terrain.params);
    const double flat = std::sin(terrain.params.altitude * M_PI / 180);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        if (picture.pixels[i] >> 24 != 0 && std::isfinite(shades[i]))
            picture.pixels[i] = shaded(picture.pixels[i], (static_cast<double>(shades[i]) - 1) / 254, flat);
    return picture;
}

Picture draw_terrain_rgb(const Terrain& terrain, const Grid& grid) {
    Picture picture{grid.width, grid.height, std::vector<std::uint32_t>(grid.pixels(), terrain_rgb(0))};
    if (terrain.padded.empty)
        return picture;
    const Image heights = inner(terrain.padded, grid);
    const double factor = terrain.params.invert ? -terrain.params.z_factor : terrain.params.z_factor;
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        if (heights.masks[0][i] != 0)
            picture.pixels[i] = terrain_rgb(static_cast<double>(heights.floats(0)[i]) * factor);
    return picture;
}

Result<double> interval_of(SourceImage& source, const Rendering& rendering, const TileFacts& facts,
                           const TerrainParams& params) {
    if (params.interval)
        return *params.interval;
    Rendering plain = rendering;
    plain.colormap = "gray";
    TRY(const Drawing drawing, plan_drawing(source, plain, facts));
    const Range range = drawing.coloring.stretch.empty() ? Range{0, 255} : drawing.coloring.stretch.front();
    return contour_interval(range[0], range[1]);
}

Result<Picture> draw_algorithm(SourceImage& source, const Rendering& rendering, const TileFacts& facts,
                               const Grid& grid) {
    TRY(Terrain terrain, read_terrain(source, rendering, facts, grid));
    if (rendering.algorithm == "terrainrgb") {
        apply_scale(source, terrain.drawing, terrain.padded);
        return draw_terrain_rgb(terrain, grid);
    }
    if (terrain.padded.empty)
        return Picture{};
    if (rendering.algorithm == "relief") {
        // Colours are of raw values, as everywhere; slopes are of metres.
        terrain.colors = colorize(inner(terrain.padded, grid), terrain.drawing.coloring, 1);
        apply_scale(source, terrain.drawing, terrain.padded);
        return draw_relief(std::move(terrain));
    }
    apply_scale(source, terrain.drawing, terrain.padded);
    if (rendering.algorithm == "contours") {
        TRY(const double interval, interval_of(source, rendering, facts, terrain.params));
        return draw_contours(terrain.padded, interval, terrain.params.base);
    }
    TRY(const Coloring coloring, coloring_of(rendering));
    TRY(const Image image, computed(terrain, rendering.algorithm, grid));
    return image.empty ? Picture{} : colorize(image, coloring, 1);
}

} // namespace

Result<Picture> draw_grid(SourceImage& source, const Rendering& rendering, const TileFacts& facts, const Grid& grid) {
    if (!rendering.algorithm.empty())
        return draw_algorithm(source, rendering, facts, grid);
    TRY(const Drawing drawing, plan_drawing(source, rendering, facts));
    TRY(const Image image, read_image(source, drawing.image, grid));
    return image.empty ? Picture{} : colorize(image, drawing.coloring, drawing.channels);
}

Result<Image> terrain_values(SourceImage& source, const Rendering& rendering, const TileFacts& facts,
                             const Grid& grid) {
    constexpr std::string_view kWithValues[] = {"hillshade", "slope", "aspect"};
    if (std::ranges::find(kWithValues, rendering.algorithm) == std::end(kWithValues))
        return fail_field("algorithm", "Only hillshade, slope and aspect have values; others are pictures.");
    TRY(Terrain terrain, read_terrain(source, rendering, facts, grid));
    if (terrain.padded.empty)
        return on(grid, std::vector<float>(grid.pixels(), std::nanf("")));
    apply_scale(source, terrain.drawing, terrain.padded);
    return computed(terrain, rendering.algorithm, grid);
}

Status cover_outside(const std::string& aoi, const Grid& grid, Rgba color, Picture& picture) {
    if (aoi.empty() || picture.pixels.empty())
        return {};
    const auto json = Json::parse(aoi);
    if (!json)
        return fail_field("aoi", "The area of interest is no JSON; give a GeoJSON Polygon or MultiPolygon as text.");
    TRY(const geo::Area area, geo::parse_area(*json, "aoi"));
    TRY(const PixelArea pixels, PixelArea::make(area, grid, std::nullopt));
    const Mask inside = pixels.inside({0, 0, grid.width, grid.height});
    for (std::size_t i = 0; i < inside.size(); ++i)
        picture.pixels[i] = inside[i] != 0 ? picture.pixels[i] : color;
    return {};
}

} // namespace landfall::raster

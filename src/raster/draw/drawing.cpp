#include "raster/draw/drawing.hpp"

#include "raster/read/wanted_image.hpp"
#include "raster/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr int kSampleSide = 512;

Status check_bands(const std::vector<int>& bands) {
    if (bands.size() != 1 && bands.size() != 3)
        return fail_field("bands", "Give one band or three bands (red, green, blue).");
    return {};
}

/// Only for renderings that are not settled: the first bands, alpha left out.
std::vector<int> automatic_bands(const SourceImage& source, bool categorical) {
    std::vector<int> bands;
    for (int band = 1; band <= source.band_count() && bands.size() < 3; ++band)
        if (band != source.alpha_band())
            bands.push_back(band);
    if (bands.size() < 3 || categorical)
        bands.resize(1);
    if (bands[0] == 0)
        bands[0] = 1;
    return bands;
}

std::array<double, 2> percentiles(std::vector<float>& values) {
    if (values.empty())
        return {0, 1};
    const auto at = [&](double share) {
        const auto index = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
        std::nth_element(values.begin(), values.begin() + index, values.end());
        return static_cast<double>(values[static_cast<std::size_t>(index)]);
    };
    return {at(0.02), at(0.98)};
}

Result<std::array<double, 2>> sampled_range(SourceImage& source, const Drawing& drawing, std::size_t channel) {
    ImageSpec spec = drawing.image;
    spec.read.as_float = true;
    if (!spec.expression)
        spec.read.bands = {drawing.image.read.bands[channel]};
    const std::string nodata = spec.read.nodata ? fmt::format(" nodata {}", *spec.read.nodata) : std::string();
    std::string key = spec.expression ? "expression" : "band";
    for (const int band : spec.read.bands)
        key += fmt::format(" {}", band);
    if (spec.expression)
        key += " " + spec.expression->fingerprint();
    return source.remembered_range(key + nodata, [&]() -> Result<std::array<double, 2>> {
        TRY(const Image image, read_sample(source, spec, kSampleSide));
        std::vector<float> valid;
        for (std::size_t i = 0; !image.empty && i < image.masks[0].size(); ++i)
            if (image.masks[0][i] != 0 && std::isfinite(image.floats(0)[i]))
                valid.push_back(image.floats(0)[i]);
        return percentiles(valid);
    });
}

Result<std::array<double, 2>> automatic_range(SourceImage& source, const Drawing& drawing, const TileFacts& facts,
                                              std::size_t channel) {
    if (!drawing.image.expression && !drawing.image.read.nodata) {
        const auto index = static_cast<std::size_t>(drawing.image.read.bands[channel]) - 1;
        if (index < facts.bands.size() && facts.bands[index].p2 && facts.bands[index].p98)
            return std::array{*facts.bands[index].p2, *facts.bands[index].p98};
    }
    return sampled_range(source, drawing, channel);
}

/// The colours of the classes of the only band, from the probe or from the file; nothing without any.
std::optional<Colormap> own_colors(const SourceImage& source, const Drawing& drawing, const TileFacts& facts) {
    std::vector<std::pair<int, Rgba>> classes;
    classes.reserve(facts.colors.size());
    for (const auto& [value, color] : facts.colors)
        classes.emplace_back(value, color);
    if (classes.empty() && drawing.image.read.bands[0] == 1)
        classes = source.palette();
    return classes.empty() ? std::nullopt : std::optional(Colormap::of_classes(classes));
}

bool shown_as_is(const SourceImage& source, const Drawing& drawing) {
    return !drawing.image.expression && std::all_of(drawing.image.read.bands.begin(), drawing.image.read.bands.end(),
                                                    [&](int band) { return source.is_byte(band); });
}

Status plan_coloring(SourceImage& source, const Rendering& rendering, const TileFacts& facts, Drawing& drawing) {
    Coloring& coloring = drawing.coloring;
    coloring.gamma = rendering.gamma;
    coloring.contrast = rendering.contrast;
    coloring.saturation = rendering.saturation;
    if (!rendering.colormap.empty() && drawing.channels == 1) {
        TRY(coloring.colormap, Colormap::parse(rendering.colormap));
    } else if (drawing.channels == 1 && !drawing.image.expression && rendering.rescale.empty()) {
        coloring.colormap = own_colors(source, drawing, facts);
    }
    if (!rendering.rescale.empty()) {
        if (rendering.rescale.size() != 1 && rendering.rescale.size() != drawing.channels)
            return fail_field("rescale", fmt::format("Give one rescale pair, or {}.", drawing.channels));
        coloring.stretch = rendering.rescale;
        return {};
    }
    const bool needs_none = coloring.colormap && !coloring.colormap->is_ramp();
    if (needs_none || shown_as_is(source, drawing))
        return {};
    for (std::size_t channel = 0; channel < drawing.channels; ++channel) {
        TRY(const auto range, automatic_range(source, drawing, facts, channel));
        coloring.stretch.push_back(range);
    }
    return {};
}

} // namespace

Result<Drawing> plan_drawing(SourceImage& source, const Rendering& rendering, const TileFacts& facts) {
    Drawing drawing;
    const bool categorical = is_categorical(source, facts);
    Rendering chosen = rendering;
    if (chosen.expression.empty() && chosen.bands.empty())
        chosen.bands = automatic_bands(source, categorical);
    TRY(drawing.image, wanted_image(source, chosen, facts));
    if (chosen.expression.empty()) {
        CHECK_OK(check_bands(chosen.bands));
        drawing.channels = chosen.bands.size();
    }
    if (drawing.image.resampling == Resampling::Average)
        drawing.image.resampling = Resampling::Bilinear; // of a picture, whose levels of detail are averages already
    CHECK_OK(plan_coloring(source, rendering, facts, drawing));
    if (drawing.coloring.colormap && !drawing.coloring.colormap->is_smooth()) {
        // Classes and intervals have no values in between.
        drawing.image.read.categorical = true;
        if (drawing.image.resampling != Resampling::Mode)
            drawing.image.resampling = Resampling::Nearest;
    }
    return drawing;
}

} // namespace landfall::raster

#include "raster/draw/drawing.hpp"

#include "imagery/band_names.hpp"
#include "raster/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr int kSampleSide = 512;

BandNames names_from(const TileFacts& facts, int count) {
    BandNames names(count);
    for (const auto& [name, band] : facts.names)
        names.add(name, band);
    return names;
}

Status check_bands(const std::vector<int>& bands, int count) {
    for (const int band : bands)
        if (band < 1 || band > count)
            return fail_field("bands", fmt::format("There is no band {}. The file has {} band{}.", band, count,
                                                   count == 1 ? "" : "s"));
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

/// The sample as tile values, so that an expression runs over it the same way.
TileValues as_values(PixelWindow window) {
    TileValues values;
    values.planes = std::move(window.planes);
    values.validity = std::move(window.validity);
    values.empty = false;
    return values;
}

Result<std::array<double, 2>> sampled_range(SourceImage& source, const Drawing& drawing, std::size_t channel) {
    ReadSpec spec = drawing.spec;
    spec.as_float = true;
    if (!drawing.expression)
        spec.bands = {drawing.spec.bands[channel]};
    const std::string nodata = spec.nodata ? fmt::format(" nodata {}", *spec.nodata) : std::string();
    std::string key = drawing.expression ? "expression" : "band";
    for (const int band : spec.bands)
        key += fmt::format(" {}", band);
    if (drawing.expression)
        key += " " + drawing.expression->fingerprint();
    return source.remembered_range(key + nodata, [&]() -> Result<std::array<double, 2>> {
        TRY(PixelWindow window, source.sample(spec, kSampleSide));
        TileValues values = as_values(std::move(window));
        apply_expression(drawing, source, values);
        std::vector<float> valid;
        for (std::size_t i = 0; i < values.validity.size(); ++i)
            if (values.validity[i] != 0 && std::isfinite(values.planes[0][i]))
                valid.push_back(values.planes[0][i]);
        return percentiles(valid);
    });
}

Result<std::array<double, 2>> automatic_range(SourceImage& source, const Drawing& drawing, const TileFacts& facts,
                                              std::size_t channel) {
    if (!drawing.expression && !drawing.spec.nodata) {
        const auto index = static_cast<std::size_t>(drawing.spec.bands[channel]) - 1;
        if (index < facts.bands.size() && facts.bands[index].p2 && facts.bands[index].p98)
            return std::array{*facts.bands[index].p2, *facts.bands[index].p98};
    }
    return sampled_range(source, drawing, channel);
}

std::optional<double> alpha_p98(const SourceImage& source, const TileFacts& facts) {
    const auto number = static_cast<std::size_t>(source.alpha_band());
    if (number == 0 || number > facts.bands.size())
        return std::nullopt;
    return facts.bands[number - 1].p98;
}

/// The colours of the classes of the only band, from the probe or from the file; nothing without any.
std::optional<Colormap> own_colors(const SourceImage& source, const Drawing& drawing, const TileFacts& facts) {
    std::vector<std::pair<int, Rgba>> classes;
    classes.reserve(facts.colors.size());
    for (const auto& [value, color] : facts.colors)
        classes.emplace_back(value, color);
    if (classes.empty() && drawing.spec.bands[0] == 1)
        classes = source.palette();
    return classes.empty() ? std::nullopt : std::optional(Colormap::of_classes(std::move(classes)));
}

bool shown_as_is(const SourceImage& source, const Drawing& drawing) {
    return !drawing.expression && std::all_of(drawing.spec.bands.begin(), drawing.spec.bands.end(),
                                              [&](int band) { return source.is_byte(band); });
}

Status plan_coloring(SourceImage& source, const Rendering& rendering, const TileFacts& facts, Drawing& drawing) {
    Coloring& coloring = drawing.coloring;
    coloring.gamma = rendering.gamma;
    if (!rendering.colormap.empty() && drawing.channels == 1) {
        TRY(coloring.colormap, Colormap::parse(rendering.colormap));
    } else if (drawing.channels == 1 && !drawing.expression && rendering.rescale.empty()) {
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
    const bool categorical = facts.categorical || !source.palette().empty();
    drawing.spec.nodata = rendering.nodata;
    drawing.spec.alpha_p98 = alpha_p98(source, facts);
    drawing.spec.alpha_is_data = facts.alpha_is_data;
    if (!rendering.expression.empty()) {
        TRY(drawing.expression, Expression::compile(rendering.expression, names_from(facts, source.band_count())));
        drawing.spec.bands = drawing.expression->bands();
        drawing.spec.every_band = drawing.spec.as_float = true;
    } else {
        drawing.spec.bands = rendering.bands.empty() ? automatic_bands(source, categorical) : rendering.bands;
        CHECK_OK(check_bands(drawing.spec.bands, source.band_count()));
        drawing.channels = drawing.spec.bands.size();
    }
    const std::string& wanted = rendering.resampling;
    drawing.spec.categorical = wanted == "nearest" || (wanted.empty() && categorical);
    drawing.kernel = drawing.spec.categorical ? Kernel::Nearest : Kernel::Bilinear;
    CHECK_OK(plan_coloring(source, rendering, facts, drawing));
    if (drawing.coloring.colormap && !drawing.coloring.colormap->is_ramp()) {
        // Classes and intervals have no values in between.
        drawing.spec.categorical = true;
        drawing.kernel = Kernel::Nearest;
    }
    return drawing;
}

void apply_expression(const Drawing& drawing, SourceImage& source, TileValues& values) {
    if (!drawing.expression || values.planes.empty())
        return;
    std::vector<const float*> planes;
    for (std::size_t i = 0; i < values.planes.size(); ++i) {
        const auto scale = static_cast<float>(source.band_scale(drawing.spec.bands[i]));
        const auto offset = static_cast<float>(source.band_offset(drawing.spec.bands[i]));
        if (scale != 1 || offset != 0)
            for (float& value : values.planes[i])
                value = value * scale + offset;
        planes.push_back(values.planes[i].data());
    }
    std::vector<float> result(values.validity.size());
    drawing.expression->run(planes, result);
    values.empty = true;
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (!std::isfinite(result[i]))
            values.validity[i] = 0;
        values.empty = values.empty && values.validity[i] == 0;
    }
    values.planes.clear();
    values.planes.push_back(std::move(result));
}

} // namespace landfall::raster

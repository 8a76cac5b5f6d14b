#include "domain/drawing/view.hpp"

#include "domain/drawing/tile_source.hpp"
#include "imagery/colors/colormap.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"

#include <utility>

namespace landfall::domain {
namespace {

bool is_given(const std::optional<std::string>& text) {
    return text && !text->empty();
}

/// The parameters that are read as a profile's config is.
Json config_of(const View& view) {
    Json config = Json::object();
    const auto set = [&](std::string_view name, const auto& value) {
        if (value)
            config.set(std::string(name), *value);
    };
    set("gamma", view.gamma);
    set("contrast", view.contrast);
    set("saturation", view.saturation);
    set("nodata", view.nodata);
    set("resampling", view.resampling);
    set("algorithm", view.algorithm);
    return config;
}

/// Lays what is given of a look over another one.
void lay_over(const View& view, const imagery::Rendering& look, imagery::Rendering& under) {
    if (view.gamma)
        under.gamma = look.gamma;
    if (view.contrast)
        under.contrast = look.contrast;
    if (view.saturation)
        under.saturation = look.saturation;
    if (view.nodata)
        under.nodata = look.nodata;
    if (is_given(view.resampling))
        under.resampling = look.resampling;
    if (view.algorithm_params)
        under.algorithm_params = view.algorithm_params;
}

/// Another algorithm has other colours, and is of one band.
void choose_algorithm(const std::string& algorithm, imagery::Rendering& rendering) {
    if (algorithm != rendering.algorithm) {
        rendering.rescale.clear();
        rendering.colormap.clear();
    }
    rendering.algorithm = algorithm;
    if (rendering.expression.empty() && rendering.bands.size() != 1)
        rendering.bands = {1};
}

Result<imagery::Rendering> profile_rendering(const TileSource& source) {
    if (!source.profile_config)
        return imagery::Rendering{};
    return imagery::rendering_of({source.profile_type, *source.profile_config}, source.names);
}

} // namespace

Result<imagery::Rendering> choose_rendering(const TileSource& source, const View& view) {
    TRY(imagery::Rendering rendering, profile_rendering(source));
    TRY(const imagery::Rendering look, imagery::rendering_from_config(config_of(view), source.names));
    if (is_given(view.bands) || is_given(view.expression)) {
        const imagery::Rendering profile = std::exchange(rendering, {});
        rendering.nodata = profile.nodata;
        rendering.gamma = profile.gamma;
    }
    if (is_given(view.bands)) {
        TRY(rendering.bands, imagery::parse_bands(*view.bands, source.names));
    }
    if (view.expression)
        rendering.expression = *view.expression;
    if (is_given(view.algorithm))
        choose_algorithm(look.algorithm, rendering);
    if (is_given(view.rescale)) {
        TRY(rendering.rescale, imagery::parse_rescale(*view.rescale));
        if (rendering.colormap == imagery::kClassColors)
            rendering.colormap.clear(); // which no stretch changes
    }
    if (is_given(view.colormap))
        rendering.colormap = *view.colormap;
    lay_over(view, look, rendering);
    return imagery::settled(std::move(rendering), source.facts);
}

Result<imagery::Rendering> choose_values(const TileSource& source, const View& view) {
    imagery::Rendering values;
    TRY(const imagery::Rendering look, imagery::rendering_from_config(config_of(view), source.names));
    values.nodata = look.nodata;
    values.resampling = look.resampling;
    if (is_given(view.expression)) {
        values.expression = *view.expression;
        CHECK_OK(imagery::check_fit(values, source.names));
        return values;
    }
    if (is_given(view.bands)) {
        TRY(values.bands, imagery::parse_band_list(*view.bands, source.names));
        return values;
    }
    if (!is_given(view.profile))
        return values;
    TRY(const imagery::Rendering profile, profile_rendering(source));
    values.expression = profile.expression;
    values.bands = profile.bands;
    if (!values.nodata)
        values.nodata = profile.nodata;
    return values;
}

} // namespace landfall::domain

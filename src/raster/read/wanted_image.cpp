#include "raster/read/wanted_image.hpp"

#include "imagery/band_names.hpp"

#include <fmt/format.h>

namespace landfall::raster {
namespace {

std::optional<double> alpha_p98(const SourceImage& source, const TileFacts& facts) {
    const auto number = static_cast<std::size_t>(source.alpha_band());
    if (number == 0 || number > facts.bands.size())
        return std::nullopt;
    return facts.bands[number - 1].p98;
}

std::vector<int> all_bands(const SourceImage& source, const TileFacts& facts) {
    if (!facts.alpha_is_data)
        return data_bands(source);
    std::vector<int> bands;
    for (int band = 1; band <= source.band_count(); ++band)
        bands.push_back(band);
    return bands;
}

} // namespace

BandNames names_from(const TileFacts& facts, int count) {
    BandNames names(count);
    for (const auto& [name, band] : facts.names)
        names.add(name, band);
    return names;
}

bool is_categorical(const SourceImage& source, const TileFacts& facts) {
    return facts.categorical || !source.palette().empty();
}

Result<ImageSpec> wanted_image(const SourceImage& source, const Rendering& rendering, const TileFacts& facts) {
    ImageSpec spec;
    if (!rendering.expression.empty()) {
        TRY(spec, expression_spec(rendering.expression, names_from(facts, source.band_count())));
    } else {
        spec.read.bands = rendering.bands.empty() ? all_bands(source, facts) : rendering.bands;
        for (const int band : spec.read.bands)
            if (band < 1 || band > source.band_count())
                return fail_field("bands", fmt::format("There is no band {}. The file has {} band{}.", band,
                                                       source.band_count(), source.band_count() == 1 ? "" : "s"));
    }
    spec.read.nodata = rendering.nodata;
    spec.read.alpha_p98 = alpha_p98(source, facts);
    spec.read.alpha_is_data = facts.alpha_is_data;
    const auto named = schema::enum_value<Resampling>(rendering.resampling);
    spec.resampling = named.value_or(is_categorical(source, facts) ? Resampling::Nearest : Resampling::Bilinear);
    spec.read.categorical = spec.resampling == Resampling::Nearest || spec.resampling == Resampling::Mode;
    return spec;
}

} // namespace landfall::raster

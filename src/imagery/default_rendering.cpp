#include "imagery/default_rendering.hpp"

#include "core/text.hpp"
#include "imagery/band_names.hpp"
#include "imagery/colors/colormap.hpp"
#include "imagery/common_names.hpp"
#include "imagery/raster_kind.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::imagery {
namespace {

constexpr int kColors = 3;

bool is_color_band(const BandFacts& band) {
    return band.color_interpretation != "alpha" && !is_complex(band);
}

bool is_categorical(const RasterFacts& raster) {
    return raster.looks_categorical || (!raster.bands.empty() && !raster.bands[0].colors.empty());
}

bool is_byte(const BandFacts& band) {
    return band.data_type == "uint8";
}

/// A month's name, or a year with or without month and day.
bool tells_time(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                              "jul", "aug", "sep", "oct", "nov", "dec"};
    const std::string lower = lower_case(text);
    const auto is_digit = [&](std::size_t i) { return i < lower.size() && lower[i] >= '0' && lower[i] <= '9'; };
    const auto is_letter = [&](std::size_t i) { return i < lower.size() && lower[i] >= 'a' && lower[i] <= 'z'; };
    for (std::size_t i = 0; i < lower.size(); ++i) {
        if (i > 0 && (is_digit(i - 1) || is_letter(i - 1)))
            continue;
        if (std::find(kMonths.begin(), kMonths.end(), lower.substr(i, 3)) != kMonths.end())
            return true;
        const bool year = lower.compare(i, 2, "19") == 0 || lower.compare(i, 2, "20") == 0;
        if (year && is_digit(i + 2) && is_digit(i + 3) && (!is_digit(i + 4) || (is_digit(i + 5) && !is_digit(i + 8))))
            return true;
    }
    return false;
}

/// One quantity at several times or levels: its bands are no colours.
bool is_series(const Facts& facts) {
    const auto& bands = facts.raster->bands;
    if (facts.driver == "netCDF")
        return true;
    return bands.size() >= kColors && std::all_of(bands.begin(), bands.end(), [](const BandFacts& band) {
               return tells_time(band.description.empty() ? band.name : band.description);
           });
}

/// The bands of these names, in this order; nothing unless all are there.
std::vector<int> named(const std::vector<std::string>& names, std::array<std::string_view, kColors> wanted) {
    std::vector<int> bands;
    for (const auto name : wanted)
        if (const auto at = std::find(names.begin(), names.end(), name); at != names.end())
            bands.push_back(static_cast<int>(at - names.begin()) + 1);
    return bands.size() == kColors ? bands : std::vector<int>();
}

/// The first of the bands that has a valid pixel, else the first.
int first_filled(const RasterFacts& raster, const std::vector<int>& bands) {
    for (const int band : bands)
        if (raster.bands[static_cast<std::size_t>(band) - 1].statistics)
            return band;
    return bands.empty() ? 1 : bands.front();
}

std::vector<int> default_bands(const Facts& facts) {
    const RasterFacts& raster = *facts.raster;
    if (is_categorical(raster))
        return {1};
    std::vector<int> plain;
    for (std::size_t i = 0; i < raster.bands.size(); ++i)
        if (is_color_band(raster.bands[i]))
            plain.push_back(static_cast<int>(i) + 1);
    const auto names = common_names(raster.bands);
    for (const auto& colors : {std::array<std::string_view, kColors>{"red", "green", "blue"},
                               std::array<std::string_view, kColors>{"nir", "red", "green"}})
        if (auto found = named(names, colors); !found.empty())
            return found;
    if (plain.size() < kColors || is_series(facts))
        return {first_filled(raster, plain)};
    // Four bands of bytes are an aerial picture with infrared behind its colours; satellites begin with blue.
    if (plain.size() >= 4 && !(plain.size() == 4 && is_byte(raster.bands[0])))
        return {plain[2], plain[1], plain[0]};
    return {plain[0], plain[1], plain[2]};
}

using Range = std::array<double, 2>;

/// What of a band is stretched: its middle, all of it where that has no width; nothing of a constant one.
std::optional<Range> range_of(const BandFacts& band) {
    if (!band.statistics)
        return std::nullopt;
    const BandStatistics& values = *band.statistics;
    if (values.p2 < values.p98)
        return Range{values.p2, values.p98};
    return values.min < values.max ? std::optional(Range{values.min, values.max}) : std::nullopt;
}

/// Whether missing pixels of the bands differ: then a rendition may hold bytes in a wider type.
bool has_several_nodata(const std::vector<BandFacts>& bands) {
    const BandFacts* first = nullptr;
    for (const BandFacts& band : bands) {
        if (band.color_interpretation == "alpha")
            continue;
        if (first != nullptr && band.nodata != first->nodata)
            return true;
        first = &band;
    }
    return false;
}

/// Bytes that fill half of what they could are a picture made for the eye.
bool is_for_the_eye(const BandFacts& band) {
    constexpr double kHalf = 128;
    return is_byte(band) && (!band.statistics || band.statistics->p98 - band.statistics->p2 >= kHalf ||
                             !(band.statistics->min < band.statistics->max));
}

/// Two values are as legible in black and white, as a scanned plan is.
bool has_two_values(const BandFacts& band) {
    if (!band.statistics)
        return false;
    // Only of two values is the variance that large.
    const BandStatistics& v = *band.statistics;
    const double most = (v.mean - v.min) * (v.max - v.mean);
    return v.min < v.max && v.std * v.std >= most * (1 - 1e-9);
}

/// Says of bytes that stay as they are that they do, where they may come in a wider type.
void keep_bytes(const RasterFacts& raster, Rendering& rendering) {
    constexpr double kMost = 255;
    const bool bytes = std::all_of(rendering.bands.begin(), rendering.bands.end(),
                                   [&](int band) { return is_byte(raster.bands[static_cast<std::size_t>(band) - 1]); });
    if (rendering.rescale.empty() && bytes && has_several_nodata(raster.bands))
        rendering.rescale = {{0, kMost}};
}

void settle_classes(const BandFacts& band, Rendering& rendering) {
    const bool two = has_two_values(band);
    if (rendering.colormap.empty() && rendering.rescale.empty() && band.colors.empty() && !two && band.statistics &&
        band.statistics->min < band.statistics->max)
        rendering.colormap = kClassColors;
    const bool stretched = rendering.colormap.empty() ? band.colors.empty() : rendering.colormap != kClassColors;
    if (stretched && rendering.rescale.empty() && band.statistics && band.statistics->min < band.statistics->max)
        rendering.rescale = {{band.statistics->min, band.statistics->max}};
}

void settle_one(const Facts& facts, Rendering& rendering) {
    const BandFacts& band = facts.raster->bands[static_cast<std::size_t>(rendering.bands[0]) - 1];
    if (is_categorical(*facts.raster)) {
        settle_classes(band, rendering);
        return;
    }
    if (rendering.colormap.empty() && is_series(facts) && is_color_band(band))
        rendering.colormap = "viridis";
    if (const auto range = range_of(band); range && rendering.rescale.empty() && !is_for_the_eye(band))
        rendering.rescale = {*range};
    else
        keep_bytes(*facts.raster, rendering);
}

/// Three stretches. A constant band is drawn within what the others span.
std::vector<Range> stretches(const std::vector<BandFacts>& bands, const std::vector<int>& chosen) {
    std::vector<std::optional<Range>> own;
    Range all{HUGE_VAL, -HUGE_VAL};
    for (const int number : chosen) {
        const BandFacts& band = bands[static_cast<std::size_t>(number) - 1];
        own.push_back(range_of(band));
        const bool constant = !own.back() && band.statistics;
        const Range span = own.back().value_or(constant ? Range{band.statistics->min, band.statistics->max} : all);
        all = {std::min(all[0], span[0]), std::max(all[1], span[1])};
    }
    Range varied{HUGE_VAL, -HUGE_VAL};
    for (const auto& range : own)
        if (range)
            varied = {std::min(varied[0], (*range)[0]), std::max(varied[1], (*range)[1])};
    const Range& shared = varied[0] < varied[1] ? varied : all;
    if (!(shared[0] < shared[1]))
        return {};
    std::vector<Range> pairs;
    pairs.reserve(own.size());
    for (const auto& range : own)
        pairs.push_back(range.value_or(shared));
    return pairs;
}

/// Bytes whose colours the file declares are a photograph.
bool is_photograph(const std::vector<BandFacts>& bands, const std::vector<int>& chosen) {
    return std::all_of(chosen.begin(), chosen.end(), [&](int number) {
        const BandFacts& band = bands[static_cast<std::size_t>(number) - 1];
        const std::string& role = band.color_interpretation;
        return is_byte(band) && (role == "red" || role == "green" || role == "blue");
    });
}

bool is_listed(const RasterFacts& raster, const std::vector<int>& bands) {
    return std::all_of(bands.begin(), bands.end(),
                       [&](int band) { return band >= 1 && static_cast<std::size_t>(band) <= raster.bands.size(); });
}

/// The colours of the drawn band that its file does not bring: a GeoTIFF holds the palette of one band, and none of an
/// attribute table. Of values that the band does not have none.
std::vector<TileFacts::Color> colors_to_send(const RasterFacts& raster, const Rendering& rendering) {
    if (!rendering.expression.empty() || !rendering.colormap.empty() || !rendering.rescale.empty() ||
        rendering.bands.size() != 1 || !is_listed(raster, rendering.bands))
        return {};
    const BandFacts& band = raster.bands[static_cast<std::size_t>(rendering.bands[0]) - 1];
    const bool kept = raster.bands.size() <= 2 && !raster.gcps_only && !has_several_nodata(raster.bands);
    if (rendering.bands[0] == 1 && band.color_interpretation == "palette" && kept)
        return {};
    const bool known = band.statistics && band.statistics->exact;
    std::vector<TileFacts::Color> colors;
    for (const auto& [value, bytes, label] : band.colors)
        if (!known || (value >= band.statistics->min && value <= band.statistics->max))
            colors.push_back({value, rgba(bytes[0], bytes[1], bytes[2], bytes[3])});
    return colors;
}

/// Numbers of 16 bits are amplitudes, others power.
void settle_radar(const Facts& facts, Rendering& rendering) {
    const BandFacts& band = facts.raster->bands[static_cast<std::size_t>(rendering.bands[0]) - 1];
    const int factor = band.data_type == "uint16" || band.data_type == "int16" ? 20 : 10;
    if (!band.statistics || !(band.statistics->p98 > 0))
        return;
    constexpr double kFaintest = 1e-3; // of the strongest: 30 or 60 dB
    const double low = std::max(band.statistics->p2, band.statistics->p98 * kFaintest);
    const auto decibels = [&](double value) { return std::round(factor * std::log10(value) * 100) / 100; };
    rendering.expression = fmt::format("{} * log10(b{})", factor, rendering.bands[0]);
    rendering.bands.clear();
    rendering.colormap = "gray";
    rendering.rescale.clear();
    if (decibels(low) < decibels(band.statistics->p98))
        rendering.rescale = {{decibels(low), decibels(band.statistics->p98)}};
}

} // namespace

Rendering settled(Rendering rendering, const Facts& facts) {
    if (!facts.raster || facts.raster->bands.empty() || !rendering.expression.empty())
        return rendering;
    const RasterFacts& raster = *facts.raster;
    if (rendering.bands.empty())
        rendering.bands = default_bands(facts);
    if (!is_listed(raster, rendering.bands))
        return rendering;
    if (!rendering.algorithm.empty() && rendering.algorithm != "relief")
        return rendering; // what it makes of the values has a range of its own
    if (rendering.bands.size() == 1)
        settle_one(facts, rendering);
    else if (is_photograph(raster.bands, rendering.bands))
        keep_bytes(raster, rendering);
    else if (rendering.rescale.empty())
        rendering.rescale = stretches(raster.bands, rendering.bands);
    if (rendering.resampling.empty())
        rendering.resampling = is_categorical(raster) ? "nearest" : "bilinear";
    return rendering;
}

Rendering default_rendering(const Facts& facts, std::string_view file_name) {
    Rendering rendering = settled({}, facts);
    switch (kind_of(facts, file_name)) {
    case RasterKind::Elevation:
        if (facts.raster->renderable)
            rendering.algorithm = "relief";
        break;
    case RasterKind::Radar:
        settle_radar(facts, rendering);
        break;
    case RasterKind::Other:
        break;
    }
    return rendering;
}

Json profile_config(const Facts& facts, std::string_view file_name) {
    return config_from_rendering(default_rendering(facts, file_name));
}

std::string profile_type(const Facts& facts, std::string_view file_name) {
    const Rendering rendering = default_rendering(facts, file_name);
    if (!rendering.expression.empty())
        return "expression";
    return rendering.bands.size() == 3 ? "rgb" : "singleband";
}

TileFacts tile_facts(const Facts& facts, const BandNames& names, const Rendering& rendering) {
    TileFacts out;
    if (!facts.raster)
        return out;
    out.categorical = is_categorical(*facts.raster);
    out.colors = colors_to_send(*facts.raster, rendering);
    for (const auto& band : facts.raster->bands)
        out.bands.push_back(band.statistics ? TileFacts::Range{band.statistics->p2, band.statistics->p98}
                                            : TileFacts::Range{});
    out.alpha_is_data = has_infrared_alpha(facts);
    for (const auto& [name, band] : names.aliases())
        out.names.push_back({name, band});
    return out;
}

} // namespace landfall::imagery

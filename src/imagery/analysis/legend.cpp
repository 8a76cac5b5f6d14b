#include "imagery/analysis/legend.hpp"

#include "imagery/colors/colormap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::imagery {
namespace {

using Range = std::array<double, 2>;
using Entries = std::vector<LegendEntry>;

constexpr int kPlaces = 5;          ///< of a ramp
constexpr double kMostNumbers = 64; ///< classes that are told one by one

/// As many digits as tell neighbours of a ramp apart.
std::string number_text(double value, double step) {
    const double digits = step > 0 ? std::clamp(std::ceil(-std::log10(step)) + 1, 0.0, 9.0) : 6;
    std::string text = fmt::format("{:.{}f}", value, static_cast<int>(digits));
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.'))
            text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

const BandFacts* drawn_band(const Rendering& rendering, const Facts& facts) {
    const bool one = rendering.expression.empty() && rendering.bands.size() == 1 && facts.raster;
    const auto index = one ? static_cast<std::size_t>(rendering.bands[0]) - 1 : 0;
    return one && index < facts.raster->bands.size() ? &facts.raster->bands[index] : nullptr;
}

std::optional<Range> known_range(const Rendering& rendering, const Facts& facts) {
    if (rendering.algorithm == "slope")
        return rendering.rescale.empty() ? Range{0, 60} : rendering.rescale[0];
    if (rendering.algorithm == "aspect")
        return rendering.rescale.empty() ? Range{0, 360} : rendering.rescale[0];
    if (rendering.algorithm == "hillshade")
        return rendering.rescale.empty() ? Range{0, 255} : rendering.rescale[0];
    if (!rendering.rescale.empty())
        return rendering.rescale[0];
    const BandFacts* const band = drawn_band(rendering, facts);
    if (band == nullptr)
        return std::nullopt;
    if (band->data_type == "uint8")
        return Range{0, 255};
    return band->statistics ? std::optional(Range{band->statistics->p2, band->statistics->p98}) : std::nullopt;
}

std::string ramp_name(const Rendering& rendering) {
    if (!rendering.colormap.empty())
        return rendering.colormap;
    if (rendering.algorithm == "relief")
        return "relief";
    if (rendering.algorithm == "slope")
        return "inferno";
    return rendering.algorithm == "aspect" ? "twilight" : "gray";
}

Entries places_of(const Colormap& map, const Range& range, double gamma) {
    Entries entries;
    const double step = (range[1] - range[0]) / (kPlaces - 1);
    for (int i = 0; i < kPlaces; ++i) {
        const double share = static_cast<double>(i) / (kPlaces - 1), value = range[0] + step * i;
        const auto place = static_cast<std::size_t>(std::lround(255 * std::pow(share, 1 / gamma)));
        entries.push_back({value, number_text(value, step), map.ramp()[place], i + 1 < kPlaces});
    }
    return entries;
}

std::string label_of(double value, const BandFacts* band) {
    if (band != nullptr)
        for (const ColorEntry& entry : band->colors)
            if (entry.value == value && !entry.label.empty())
                return entry.label;
    return fmt::format("{}", value);
}

Entries entries_of(const Colormap& map, const BandFacts* band) {
    Entries entries;
    const auto& all = map.entries();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& [value, color] = all[i];
        std::string label = label_of(value, band);
        if (map.kind() == Colormap::Kind::Steps) {
            if (color == 0)
                continue;
            label = i + 1 < all.size() ? fmt::format("{} – {}", value, all[i + 1].first) : fmt::format("≥ {}", value);
        }
        entries.push_back({value, std::move(label), color, map.kind() == Colormap::Kind::Linear && i + 1 < all.size()});
    }
    return entries;
}

Entries numbers_of(const Colormap& map, const BandFacts* band) {
    Entries entries;
    if (band == nullptr || !band->statistics || band->statistics->max - band->statistics->min > kMostNumbers)
        return entries;
    for (double value = std::ceil(band->statistics->min); value <= band->statistics->max; ++value)
        entries.push_back({value, label_of(value, band), map.color_of(value)});
    return entries;
}

Entries own_colors(const BandFacts& band) {
    Entries entries;
    for (const ColorEntry& entry : band.colors)
        if (entry.rgba[3] != 0 && (!band.statistics || !band.statistics->exact ||
                                   (entry.value >= band.statistics->min && entry.value <= band.statistics->max)))
            entries.push_back({entry.value, entry.label.empty() ? fmt::format("{}", entry.value) : entry.label,
                               rgba(entry.rgba[0], entry.rgba[1], entry.rgba[2], entry.rgba[3])});
    return entries;
}

Entries channels_of(const Rendering& rendering, const Facts& facts) {
    constexpr Rgba kChannels[] = {rgba(255, 0, 0), rgba(0, 255, 0), rgba(0, 0, 255)};
    Entries entries;
    for (std::size_t i = 0; i < rendering.bands.size() && i < std::size(kChannels); ++i) {
        const auto index = static_cast<std::size_t>(rendering.bands[i]) - 1;
        const bool known = facts.raster && index < facts.raster->bands.size();
        entries.push_back(
            {std::nullopt, known ? facts.raster->bands[index].name : fmt::format("b{}", index + 1), kChannels[i]});
    }
    return entries;
}

bool has_own_colors(const Rendering& rendering, const BandFacts* band) {
    return band != nullptr && !band->colors.empty() && rendering.colormap.empty() && rendering.rescale.empty() &&
           rendering.algorithm.empty();
}

} // namespace

bool needs_range(const Rendering& rendering, const Facts& facts) {
    if (rendering.bands.size() == 3 || rendering.algorithm == "contours" || rendering.algorithm == "terrainrgb" ||
        has_own_colors(rendering, drawn_band(rendering, facts)))
        return false;
    const auto map = Colormap::parse(ramp_name(rendering));
    return map && map->is_ramp() && !known_range(rendering, facts);
}

Result<Entries> legend_of(const Rendering& rendering, const Facts& facts, const std::optional<Range>& range) {
    const BandFacts* const band = drawn_band(rendering, facts);
    if (rendering.algorithm == "contours" || rendering.algorithm == "terrainrgb")
        return Entries();
    if (rendering.bands.size() == 3 && rendering.expression.empty())
        return channels_of(rendering, facts);
    if (has_own_colors(rendering, band))
        return own_colors(*band);
    TRY(const Colormap map, Colormap::parse(ramp_name(rendering)));
    if (map.kind() == Colormap::Kind::Numbers)
        return numbers_of(map, band);
    if (!map.is_ramp())
        return entries_of(map, band);
    const auto known = known_range(rendering, facts);
    const auto spread = known ? known : range;
    return spread ? places_of(map, *spread, rendering.gamma) : Entries();
}

} // namespace landfall::imagery

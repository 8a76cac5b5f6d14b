#include "imagery/default_rendering.hpp"

#include "core/text.hpp"
#include "imagery/band_names.hpp"
#include "imagery/rendering_config.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::imagery {
namespace {

constexpr std::array<std::string_view, 3> kColors = {"red", "green", "blue"};

bool is_color_band(const BandFacts& band) {
    return band.color_interpretation != "alpha" && band.data_type.find("cint") == std::string::npos &&
           band.data_type.find("cfloat") == std::string::npos;
}

std::vector<int> by_interpretation(const std::vector<BandFacts>& bands) {
    std::vector<int> found;
    for (const auto color : kColors)
        for (std::size_t i = 0; i < bands.size(); ++i)
            if (bands[i].color_interpretation == color) {
                found.push_back(static_cast<int>(i) + 1);
                break;
            }
    return found.size() == 3 ? found : std::vector<int>{};
}

/// The word itself among the words of a name: `red` in "Red", "sr_red" or "Band 3 - red", not in "rededge".
bool has_word(std::string_view name, std::string_view word) {
    const std::string lower = lower_case(name);
    for (auto at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
        const auto is_letter = [&](std::size_t i) { return i < lower.size() && lower[i] >= 'a' && lower[i] <= 'z'; };
        const std::string_view rest = std::string_view(lower).substr(at + word.size());
        if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size()) &&
            rest.find("edge") == std::string_view::npos)
            return true;
    }
    return false;
}

/// The first band that is called like the colour, else the first whose name holds the word; 0 without one.
int band_called(const std::vector<BandFacts>& bands, std::string_view color) {
    const auto first = [&](const auto& fits) {
        const auto found = std::find_if(bands.begin(), bands.end(), [&](const BandFacts& band) {
            return fits(band.name) || fits(band.description);
        });
        return found == bands.end() ? 0 : static_cast<int>(found - bands.begin()) + 1;
    };
    const int same = first([&](const std::string& name) { return lower_case(name) == color; });
    return same != 0 ? same : first([&](const std::string& name) { return has_word(name, color); });
}

std::vector<int> by_name(const std::vector<BandFacts>& bands) {
    std::vector<int> found;
    for (const auto color : kColors)
        if (const int band = band_called(bands, color); band != 0)
            found.push_back(band);
    return found.size() == 3 ? found : std::vector<int>{};
}

bool is_categorical(const RasterFacts& raster) {
    return raster.looks_categorical || (!raster.bands.empty() && !raster.bands[0].colors.empty());
}

std::vector<std::array<double, 2>> stretches(const RasterFacts& raster, const std::vector<int>& chosen) {
    std::vector<std::array<double, 2>> pairs;
    for (const int band : chosen) {
        const auto& statistics = raster.bands[static_cast<std::size_t>(band) - 1].statistics;
        if (!statistics || !(statistics->p2 < statistics->p98))
            return {};
        pairs.push_back({statistics->p2, statistics->p98});
    }
    return pairs;
}

} // namespace

Rendering default_rendering(const Facts& facts) {
    Rendering rendering;
    if (!facts.raster || facts.raster->bands.empty())
        return rendering;
    const RasterFacts& raster = *facts.raster;
    if (is_categorical(raster)) {
        rendering.bands = {1};
        rendering.resampling = "nearest";
        if (raster.bands[0].colors.empty())
            rendering.rescale = stretches(raster, rendering.bands);
        return rendering;
    }
    std::vector<int> color_bands;
    for (std::size_t i = 0; i < raster.bands.size(); ++i)
        if (is_color_band(raster.bands[i]))
            color_bands.push_back(static_cast<int>(i) + 1);
    rendering.bands = by_interpretation(raster.bands);
    const bool declared = !rendering.bands.empty();
    if (rendering.bands.empty())
        rendering.bands = by_name(raster.bands);
    // Four bands of bytes are an aerial picture with infrared behind its colours; satellites begin with blue.
    const bool aerial = color_bands.size() == 4 && raster.bands[0].data_type == "uint8";
    if (rendering.bands.empty() && color_bands.size() >= 4 && !aerial)
        rendering.bands = {color_bands[2], color_bands[1], color_bands[0]};
    if (rendering.bands.empty() && color_bands.size() >= 3)
        rendering.bands = {color_bands[0], color_bands[1], color_bands[2]};
    if (rendering.bands.empty())
        rendering.bands = {color_bands.empty() ? 1 : color_bands[0]};
    const bool byte = raster.bands[static_cast<std::size_t>(rendering.bands[0]) - 1].data_type == "uint8";
    if (!byte || (rendering.bands.size() == 3 && !declared))
        rendering.rescale = stretches(raster, rendering.bands);
    rendering.resampling = "bilinear";
    return rendering;
}

Json profile_config(const Facts& facts) {
    return config_from_rendering(default_rendering(facts));
}

std::string profile_type(const Facts& facts) {
    return default_rendering(facts).bands.size() == 3 ? "rgb" : "singleband";
}

TileFacts tile_facts(const Facts& facts) {
    TileFacts out;
    if (!facts.raster)
        return out;
    out.categorical = is_categorical(*facts.raster);
    for (const auto& band : facts.raster->bands)
        out.bands.push_back(band.statistics ? TileFacts::Range{band.statistics->p2, band.statistics->p98}
                                            : TileFacts::Range{});
    const BandNames names = BandNames::of(facts);
    for (const auto& [name, band] : names.aliases())
        out.names.push_back({name, band});
    return out;
}

} // namespace landfall::imagery

#include "imagery/raster_kind.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace landfall::imagery {
namespace {

constexpr std::string_view kElevation[] = {"dem",       "dsm",        "dtm",     "hgt",        "srtm",
                                           "elevation", "elevations", "height",  "altitude",   "heights",
                                           "topo",      "topography", "terrain", "bathymetry", "swissalti3d",
                                           "gebco",     "etopo",      "ned",     "copdem",     "aster_gdem"};
constexpr std::string_view kRadar[] = {"sar", "sentinel1", "s1a",    "s1b",    "vv",          "vh",   "hh",
                                       "hv",  "grd",       "sigma0", "gamma0", "backscatter", "radar"};

/// Letters and digits between anything else, each asked about.
template<typename Test>
bool any_word(std::string_view text, const Test& test) {
    std::string word;
    for (const char c : lower_case(text) + " ") {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            word += c;
            continue;
        }
        if (!word.empty() && test(word))
            return true;
        word.clear();
    }
    return false;
}

bool speaks_of(std::span<const std::string_view> words, std::string_view text) {
    return any_word(text, [&](const std::string& word) { return std::ranges::find(words, word) != words.end(); });
}

/// The only band of data; null if there are more, or it is no measurement.
const BandFacts* only_band(const Facts& facts) {
    const BandFacts* only = nullptr;
    if (!facts.raster || facts.raster->looks_categorical)
        return nullptr;
    for (const BandFacts& band : facts.raster->bands) {
        if (band.color_interpretation == "alpha")
            continue;
        if (only != nullptr)
            return nullptr;
        only = &band;
    }
    const bool measures = only != nullptr && only->colors.empty() && only->data_type != "uint8" && !is_complex(*only);
    return measures ? only : nullptr;
}

} // namespace

RasterKind kind_of(const Facts& facts, std::string_view file_name) {
    const BandFacts* const band = only_band(facts);
    if (band == nullptr)
        return RasterKind::Other;
    const std::array<std::string_view, 3> texts{band->name, band->description, file_name};
    const auto any = [&](std::span<const std::string_view> words) {
        return std::ranges::any_of(texts, [&](std::string_view text) { return speaks_of(words, text); });
    };
    if (facts.driver == "SRTMHGT" || any(kElevation))
        return RasterKind::Elevation;
    if (any(kRadar) && band->statistics && band->statistics->min >= 0)
        return RasterKind::Radar;
    return RasterKind::Other;
}

} // namespace landfall::imagery

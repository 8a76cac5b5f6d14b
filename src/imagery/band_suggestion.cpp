#include "imagery/band_suggestion.hpp"

#include "imagery/common_names.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace landfall::imagery {
namespace {

using Names = std::vector<std::string_view>;

/// The orders of sensors, by their number of bands.
constexpr std::array<std::string_view, 4> kFour{"blue", "green", "red", "nir"};
constexpr std::array<std::string_view, 5> kFive{"blue", "green", "red", "rededge", "nir"};
constexpr std::array<std::string_view, 6> kSix{"blue", "green", "red", "nir", "swir16", "swir22"};
constexpr std::array<std::string_view, 7> kSeven{"coastal", "blue", "green", "red", "nir", "swir16", "swir22"};
constexpr std::array<std::string_view, 8> kEight{"coastal", "blue",    "green", "yellow",
                                                 "red",     "rededge", "nir",   "nir08"};

std::span<const std::string_view> sensor_order(std::size_t bands) {
    switch (bands) {
    case kFour.size():
        return kFour;
    case kFive.size():
        return kFive;
    case kSix.size():
        return kSix;
    case kSeven.size():
        return kSeven;
    case kEight.size():
        return kEight;
    default:
        return {};
    }
}

/// Three colours: blue is the darker one of the outer two.
Names colors(double first, double last) {
    return last > first ? Names{"blue", "green", "red"} : Names{"red", "green", "blue"};
}

/// Names of bands that reflect so much on average; none if no sensor delivers them so.
Names ranked(const std::vector<double>& means) {
    constexpr std::size_t kColors = 3;
    if (means.size() == kColors)
        return colors(means.front(), means.back());
    const auto brightest = static_cast<std::size_t>(std::ranges::max_element(means) - means.begin());
    if (means.size() == kColors + 1 && brightest == 0) {
        Names names{"nir"};
        std::ranges::copy(colors(means[1], means[3]), std::back_inserter(names));
        return names;
    }
    if (means.size() == kColors + 1 && brightest == kColors) {
        Names names = colors(means[0], means[2]);
        names.emplace_back("nir");
        return names;
    }
    const auto order = sensor_order(means.size());
    const auto nir = std::ranges::find(order, "nir");
    const auto red = std::ranges::find(order, "red");
    if (order.empty() ||
        means[static_cast<std::size_t>(nir - order.begin())] < means[static_cast<std::size_t>(red - order.begin())])
        return {};
    return {order.begin(), order.end()};
}

bool is_data(const BandFacts& band) {
    return band.color_interpretation != "alpha" && !is_complex(band);
}

/// The bands to be ranked, by their places; none unless the file is silent about all of them.
std::vector<std::size_t> silent_bands(const RasterFacts& raster) {
    std::vector<std::size_t> places;
    if (raster.looks_categorical)
        return places;
    for (std::size_t i = 0; i < raster.bands.size(); ++i) {
        const BandFacts& band = raster.bands[i];
        if (!is_data(band))
            continue;
        if (!band.description.empty() || !band.statistics || !band.colors.empty())
            return {};
        places.push_back(i);
    }
    return places;
}

} // namespace

std::vector<std::string> suggested_band_names(const RasterFacts& raster) {
    std::vector<std::string> names;
    for (const BandFacts& band : raster.bands)
        names.push_back(band.name);
    const auto suggest = [&](std::size_t place, std::string_view name) {
        if (!name.empty() && std::ranges::find(names, name) == names.end())
            names[place] = name;
    };
    const auto told = common_names(raster.bands);
    if (std::ranges::any_of(told, [](const std::string& name) { return !name.empty(); })) {
        for (std::size_t i = 0; i < told.size(); ++i)
            suggest(i, told[i]);
        return names;
    }
    const auto places = silent_bands(raster);
    std::vector<double> means;
    for (const std::size_t place : places)
        means.push_back(raster.bands[place].statistics->mean);
    const Names found = means.empty() ? Names() : ranked(means);
    for (std::size_t i = 0; i < found.size(); ++i)
        suggest(places[i], found[i]);
    return names;
}

} // namespace landfall::imagery

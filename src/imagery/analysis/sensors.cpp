#include "imagery/analysis/sensors.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::imagery {
namespace {

using Layout = std::span<const SensorBand>;

constexpr SensorBand kGenericRgb[] = {{"red", "red"}, {"green", "green"}, {"blue", "blue"}};
constexpr SensorBand kGenericRgbn[] = {{"red", "red"}, {"green", "green"}, {"blue", "blue"}, {"nir", "nir"}};
constexpr SensorBand kNaip[] = {
    {"red", "red", 652}, {"green", "green", 555}, {"blue", "blue", 461}, {"nir", "nir", 858}};
constexpr SensorBand kLandsat4[] = {{"B1", "blue", 485}, {"B2", "green", 560},  {"B3", "red", 660},
                                    {"B4", "nir", 830},  {"B5", "swir1", 1650}, {"B7", "swir2", 2215}};
constexpr SensorBand kLandsat4Thermal[] = {{"B1", "blue", 485},  {"B2", "green", 560},  {"B3", "red", 660},
                                           {"B4", "nir", 830},   {"B5", "swir1", 1650}, {"B6", "lwir", 11'450},
                                           {"B7", "swir2", 2215}};
constexpr SensorBand kLandsat8[] = {{"B1", "coastal", 443}, {"B2", "blue", 482}, {"B3", "green", 561},
                                    {"B4", "red", 655},     {"B5", "nir", 865},  {"B6", "swir1", 1609},
                                    {"B7", "swir2", 2201}};
constexpr SensorBand kLandsat8Whole[] = {{"B1", "coastal", 443},  {"B2", "blue", 482},     {"B3", "green", 561},
                                         {"B4", "red", 655},      {"B5", "nir", 865},      {"B6", "swir1", 1609},
                                         {"B7", "swir2", 2201},   {"B8", "pan", 590},      {"B9", "cirrus", 1373},
                                         {"B10", "lwir", 10'895}, {"B11", "lwir2", 12'005}};
constexpr SensorBand kLandsat8Six[] = {{"B2", "blue", 482}, {"B3", "green", 561},  {"B4", "red", 655},
                                       {"B5", "nir", 865},  {"B6", "swir1", 1609}, {"B7", "swir2", 2201}};
constexpr SensorBand kModis[] = {{"sur_refl_b01", "red", 645},   {"sur_refl_b02", "nir", 858},
                                 {"sur_refl_b03", "blue", 469},  {"sur_refl_b04", "green", 555},
                                 {"sur_refl_b05", "", 1240},     {"sur_refl_b06", "swir1", 1640},
                                 {"sur_refl_b07", "swir2", 2130}};
constexpr SensorBand kPlanet8[] = {
    {"coastal_blue", "coastal", 443}, {"blue", "blue", 490}, {"green_i", "green_i", 531},  {"green", "green", 565},
    {"yellow", "yellow", 610},        {"red", "red", 665},   {"rededge", "rededge1", 705}, {"nir", "nir", 865}};
constexpr SensorBand kPlanet4[] = {
    {"blue", "blue", 490}, {"green", "green", 565}, {"red", "red", 665}, {"nir", "nir", 865}};
constexpr SensorBand kPlanet5[] = {{"blue", "blue", 490},
                                   {"green", "green", 565},
                                   {"red", "red", 665},
                                   {"rededge", "rededge1", 705},
                                   {"nir", "nir", 865}};
constexpr SensorBand kSentinel2[] = {{"B01", "coastal", 443},  {"B02", "blue", 492},     {"B03", "green", 560},
                                     {"B04", "red", 665},      {"B05", "rededge1", 704}, {"B06", "rededge2", 740},
                                     {"B07", "rededge3", 783}, {"B08", "nir", 833},      {"B8A", "nir08", 865},
                                     {"B09", "nir09", 945},    {"B11", "swir1", 1614},   {"B12", "swir2", 2202}};
constexpr SensorBand kSentinel2Level1[] = {{"B01", "coastal", 443},  {"B02", "blue", 492},     {"B03", "green", 560},
                                           {"B04", "red", 665},      {"B05", "rededge1", 704}, {"B06", "rededge2", 740},
                                           {"B07", "rededge3", 783}, {"B08", "nir", 833},      {"B8A", "nir08", 865},
                                           {"B09", "nir09", 945},    {"B10", "cirrus", 1373},  {"B11", "swir1", 1614},
                                           {"B12", "swir2", 2202}};
constexpr SensorBand kSentinel2Ten[] = {{"B02", "blue", 492},     {"B03", "green", 560},    {"B04", "red", 665},
                                        {"B05", "rededge1", 704}, {"B06", "rededge2", 740}, {"B07", "rededge3", 783},
                                        {"B08", "nir", 833},      {"B8A", "nir08", 865},    {"B11", "swir1", 1614},
                                        {"B12", "swir2", 2202}};
constexpr SensorBand kSentinel2Four[] = {
    {"B02", "blue", 492}, {"B03", "green", 560}, {"B04", "red", 665}, {"B08", "nir", 833}};
constexpr SensorBand kWorldView[] = {{"coastal", "coastal", 427}, {"blue", "blue", 478}, {"green", "green", 546},
                                     {"yellow", "yellow", 608},   {"red", "red", 659},   {"rededge", "rededge1", 724},
                                     {"nir1", "nir", 833},        {"nir2", "nir09", 949}};
constexpr SensorBand kWorldViewFour[] = {
    {"blue", "blue", 478}, {"green", "green", 546}, {"red", "red", 659}, {"nir1", "nir", 833}};

constexpr Layout kGenericRgbs[] = {kGenericRgb};
constexpr Layout kGenericRgbns[] = {kGenericRgbn};
constexpr Layout kLandsat4s[] = {kLandsat4, kLandsat4Thermal};
constexpr Layout kLandsat8s[] = {kLandsat8, kLandsat8Whole, kLandsat8Six};
constexpr Layout kModises[] = {kModis};
constexpr Layout kNaips[] = {kNaip};
constexpr Layout kPlanets[] = {kPlanet8, kPlanet4, kPlanet5};
constexpr Layout kSentinel2s[] = {kSentinel2, kSentinel2Level1, kSentinel2Ten, kSentinel2Four};
constexpr Layout kWorldViews[] = {kWorldView, kWorldViewFour};

constexpr Sensor kSensors[] = {
    {"generic-rgb", "Red, green and blue", "by convention", kGenericRgbs},
    {"generic-rgbn", "Red, green, blue and near infrared", "by convention", kGenericRgbns},
    {"landsat-4-7", "Landsat 4, 5 TM and 7 ETM+", "USGS, Landsat 4-7 Collection 2 Level 2 Science Product Guide",
     kLandsat4s},
    {"landsat-8-9", "Landsat 8 and 9 OLI and TIRS", "USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide",
     kLandsat8s},
    {"modis", "MODIS surface reflectance (MOD09, MYD09)", "NASA LP DAAC, MOD09 User's Guide", kModises},
    {"naip", "NAIP aerial imagery", "USDA, National Agriculture Imagery Program", kNaips},
    {"planetscope", "PlanetScope SuperDove and Dove", "Planet, PlanetScope Product Specification", kPlanets},
    {"sentinel-2", "Sentinel-2 MSI", "ESA, Sentinel-2 User Handbook; S2 MSI Spectral Response Functions", kSentinel2s},
    {"worldview-3", "WorldView-2 and WorldView-3 multispectral", "Maxar, WorldView-3 Data Sheet", kWorldViews},
};

void add_bands(BandNames& names, Layout bands) {
    for (std::size_t i = 0; i < bands.size(); ++i)
        names.add(bands[i].role, static_cast<int>(i) + 1);
    for (std::size_t i = 0; i < bands.size(); ++i)
        names.add(bands[i].id, static_cast<int>(i) + 1);
}

} // namespace

Layout Sensor::bands_of(int count) const {
    const auto found =
        std::ranges::find_if(layouts, [&](Layout layout) { return layout.size() == static_cast<std::size_t>(count); });
    return found == layouts.end() ? layouts.front() : *found;
}

bool Sensor::has(std::string_view role) const {
    return std::ranges::any_of(
        layouts, [&](Layout layout) { return std::ranges::find(layout, role, &SensorBand::role) != layout.end(); });
}

std::span<const Sensor> sensors() {
    return kSensors;
}

Result<const Sensor*> find_sensor(std::string_view id) {
    const std::string wanted = lower_case(id);
    const auto* const found = std::ranges::find(kSensors, std::string_view(wanted), &Sensor::id);
    if (found != std::end(kSensors))
        return found;
    std::string known;
    for (const Sensor& sensor : kSensors)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", sensor.id);
    return fail(Code::NotFound, fmt::format("There is no sensor '{}'. Known ones: {}.", clean_utf8(id, 60), known));
}

BandNames names_of(const Sensor& sensor) {
    BandNames names(static_cast<int>(sensor.bands().size()));
    add_bands(names, sensor.bands());
    return names;
}

BandNames with_sensor(const BandNames& file, const Sensor& sensor) {
    BandNames names = file;
    bool named = false;
    for (const SensorBand& band : sensor.bands_of(file.count())) {
        const int by_id = file.find_named(band.id);
        const int found = by_id != 0 ? by_id : file.find_named(band.role);
        named = named || found != 0;
        names.add(band.role, found);
        names.add(band.id, found);
    }
    if (!named)
        add_bands(names, sensor.bands_of(file.count()));
    return names;
}

BandNames names_of_any() {
    constexpr int kMostBands = 65'535;
    BandNames names(kMostBands);
    int band = 0;
    for (const Sensor& sensor : kSensors)
        for (const Layout layout : sensor.layouts)
            for (const SensorBand& one : layout)
                for (const auto name : {one.role, one.id})
                    if (names.find_named(name) == 0)
                        names.add(name, ++band);
    return names;
}

} // namespace landfall::imagery

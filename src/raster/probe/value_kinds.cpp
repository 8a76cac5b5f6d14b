#include "raster/probe/value_kinds.hpp"

#include <algorithm>

namespace landfall::raster {
namespace {

constexpr std::size_t kFewClasses = 24;
constexpr std::size_t kFewFields = 64;
constexpr double kMinClassPixels = 1000;

bool is_plain_integer(const BandFacts& band) {
    const std::string& role = band.color_interpretation;
    return band.data_type.find("int") < 2 && (role == "gray" || role == "undefined") && !band.scale &&
           band.unit.empty() && band.statistics && band.statistics->min >= 0;
}

/// Bit fields leave wide gaps between their values.
bool are_far_apart(const BandStatistics& values, std::size_t distinct) {
    constexpr double kGap = 8;
    return values.max - values.min >= kGap * static_cast<double>(distinct);
}

bool are_high_neighbours(const BandStatistics& values, std::size_t distinct) {
    return values.max - values.min + 1 <= static_cast<double>(distinct) && values.min > kFewClasses;
}

bool has_classes(const BandFacts& band, std::size_t distinct) {
    if (!is_plain_integer(band) || distinct < 2)
        return false;
    if (band.data_type == "uint8")
        return distinct <= kFewClasses;
    const BandStatistics& values = *band.statistics;
    return distinct <= (are_far_apart(values, distinct) ? kFewFields : kFewClasses) &&
           !are_high_neighbours(values, distinct);
}

} // namespace

bool look_like_classes(const std::vector<BandFacts>& bands, const ScanResult& scan, double pixels) {
    if (pixels < kMinClassPixels || bands.empty() || scan.distinct.size() != bands.size())
        return false;
    if (bands.size() > 1 && bands.front().data_type != "uint8")
        return false;
    for (std::size_t i = 0; i < bands.size(); ++i)
        if (!has_classes(bands[i], scan.distinct[i]))
            return false;
    return true;
}

int infrared_alpha(const std::vector<BandFacts>& bands, const ScanResult& scan) {
    constexpr std::size_t kMany = 64;
    constexpr double kByteMost = 255;
    for (std::size_t i = 0; i < bands.size() && i < scan.distinct.size(); ++i) {
        const BandFacts& band = bands[i];
        if (band.color_interpretation != "alpha" || !band.statistics || bands.size() < 4)
            continue;
        const bool byte = band.data_type == "uint8";
        if (!byte && band.data_type != "uint16")
            continue;
        const double full = byte || band.statistics->max <= kByteMost ? kByteMost : 65'535;
        if (band.statistics->p2 > 0 && band.statistics->p98 < full && scan.distinct[i] >= kMany)
            return static_cast<int>(i) + 1;
    }
    return 0;
}

} // namespace landfall::raster

#include "geo/longitude_cover.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::geo {

void LongitudeCover::add(double west, double east) {
    if (!(west >= -180.0 && west <= east && east <= 180.0))
        return;
    const auto bin_of = [](double longitude) {
        return std::min(kBins - 1, static_cast<std::size_t>((longitude + 180.0) * (kBins / 360.0)));
    };
    const std::size_t first = bin_of(west);
    const std::size_t last = bin_of(east);
    for (std::size_t i = first; i <= last; ++i) {
        const double start = -180.0 + static_cast<double>(i) * (360.0 / kBins);
        const double low = std::max(west, start);
        const double high = std::min(east, start + 360.0 / kBins);
        Bin& bin = bins_[i];
        bin.low = bin.covered ? std::min(bin.low, low) : low;
        bin.high = bin.covered ? std::max(bin.high, high) : high;
        bin.covered = true;
    }
}

std::optional<std::pair<double, double>> LongitudeCover::shortest() const {
    std::vector<Bin> covered;
    std::copy_if(bins_.begin(), bins_.end(), std::back_inserter(covered), [](const Bin& bin) { return bin.covered; });
    if (covered.empty())
        return std::nullopt;
    double gap = covered.front().low + 360.0 - covered.back().high;
    std::pair<double, double> ends = {covered.front().low, covered.back().high};
    for (std::size_t i = 1; i < covered.size(); ++i) {
        const double here = covered[i].low - covered[i - 1].high;
        if (here > gap + 1e-9) {
            gap = here;
            ends = {covered[i].low, covered[i - 1].high};
        }
    }
    return ends;
}

} // namespace landfall::geo

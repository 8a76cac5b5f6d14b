#pragma once
/// Values with the shares of their pixels that count: quantiles, histograms and classes as exactextract has them. No
/// GDAL here.

#include "core/result.hpp"
#include "raster/measure/statistics.hpp"

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace landfall::raster {

/// Gathers values and weights. Integers of at most 16 bits are counted by value, others are kept: a value once in the
/// type in which they came, those of pixels that count in part with their weight.
class WeightedValues {
public:
    /// `range`: of a type that is counted; nothing for others, which are floats or doubles.
    WeightedValues(const std::optional<ValueRange>& range, bool as_doubles);

    /// Most values that are kept at once. Beyond them `add` is ResourceExhausted.
    static constexpr std::size_t kMostBytes = std::size_t{288} << 20;

    /// Adds a value; weights above 0.
    template<typename T>
    Status add(T value, double weight) {
        if (range_) {
            counted_[static_cast<std::size_t>(static_cast<std::int64_t>(value) - range_->lowest)] += weight;
            return {};
        }
        return keep(static_cast<double>(value), weight);
    }

    /// Sorts what was kept: once, before what follows.
    void finish();
    /// Every different value once, ascending, with the sum of its weights.
    void each(const std::function<void(double value, double weight)>& visit) const;

private:
    Status keep(double value, double weight);

    std::optional<ValueRange> range_;
    std::vector<double> counted_;
    std::variant<std::vector<float>, std::vector<double>> whole_; ///< of weight 1
    std::vector<std::pair<double, double>> parts_;                ///< value, weight
};

/// Quantiles of `shares` (0..1, in any order), in their order; empty without values. Between different values they
/// interpolate as exactextract 0.3 does.
std::vector<double> quantiles(const WeightedValues& values, std::span<const double> shares);

/// Bins of equal width from the smallest value to the largest, which belongs to the last one. Of a single value the
/// bins span half a unit to each side.
struct WeightedHistogram {
    std::vector<double> counts, edges;
};
WeightedHistogram histogram(const WeightedValues& values, int bins);

/// The most frequent value (of several the largest), the least frequent one (of several the smallest), and how many
/// there are.
struct Variety {
    double majority = 0, minority = 0;
    std::int64_t variety = 0;
};
std::optional<Variety> variety_of(const WeightedValues& values);

} // namespace landfall::raster

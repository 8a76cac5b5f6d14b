#include "raster/analyse/zone_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

/// The values of a type that are counted one by one.
std::optional<ValueRange> counted_range(const Samples& like) {
    return std::visit(
        [](const auto& plane) -> std::optional<ValueRange> {
            using T = typename std::decay_t<decltype(plane)>::value_type;
            if constexpr (std::is_integral_v<T> && sizeof(T) <= 2)
                return ValueRange{std::numeric_limits<T>::lowest(), 1U << (8 * sizeof(T))};
            else
                return std::nullopt;
        },
        like);
}

bool is_finite(double value) {
    return std::abs(value) <= std::numeric_limits<double>::max();
}

} // namespace

ZoneSummary::ZoneSummary(const Samples& like)
    : values_(counted_range(like), !std::holds_alternative<std::vector<float>>(like)) {}

/// The sums of two parts as one (Chan, Golub and LeVeque 1983).
void ZoneSummary::join(double weight, double mean, double squares) {
    const double total = found_.count + weight;
    const double apart = mean - found_.mean;
    squares_ += squares + apart * apart * found_.count * weight / total;
    found_.mean += apart * weight / total;
    found_.count = total;
}

template<typename T>
Status ZoneSummary::add_values(const std::vector<T>& plane, const Mask& mask, std::size_t first,
                               std::span<const double> fractions) {
    double weight = 0, sum = 0;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        const double fraction = fractions[i];
        found_.covered += fraction;
        const T value = plane[first + i];
        if (fraction <= 0 || mask[first + i] == 0 || !is_finite(static_cast<double>(value)))
            continue;
        const auto number = static_cast<double>(value);
        found_.min = found_.pixels == 0 ? number : std::min(found_.min, number);
        found_.max = found_.pixels == 0 ? number : std::max(found_.max, number);
        ++found_.pixels;
        weight += fraction;
        sum += fraction * number;
        CHECK_OK(values_.add(value, fraction));
    }
    if (weight <= 0)
        return {};
    const double mean = sum / weight;
    double squares = 0;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        const auto number = static_cast<double>(plane[first + i]);
        if (fractions[i] > 0 && mask[first + i] != 0 && is_finite(number))
            squares += fractions[i] * (number - mean) * (number - mean);
    }
    found_.sum += sum;
    join(weight, mean, squares);
    return {};
}

Status ZoneSummary::add(const Samples& plane, const Mask& mask, std::size_t first, std::span<const double> fractions) {
    return std::visit([&](const auto& values) { return add_values(values, mask, first, fractions); }, plane);
}

MeasuredBand ZoneSummary::finish(const MeasureArguments& arguments) {
    if (found_.pixels == 0)
        return found_;
    values_.finish();
    found_.std = std::sqrt(squares_ / found_.count);
    std::vector<double> shares{0.5};
    for (const double percent : arguments.percentiles)
        shares.push_back(percent / 100);
    const auto found = quantiles(values_, shares);
    found_.median = found.front();
    found_.percentiles.assign(found.begin() + 1, found.end());
    if (arguments.histogram_bins > 0) {
        auto bins = histogram(values_, arguments.histogram_bins);
        found_.counts = std::move(bins.counts);
        found_.edges = std::move(bins.edges);
    }
    if (const auto variety = variety_of(values_)) {
        found_.majority = variety->majority;
        found_.minority = variety->minority;
        found_.variety = variety->variety;
    }
    if (arguments.classes && found_.variety <= static_cast<std::int64_t>(imagery::kMostClasses))
        values_.each([&](double value, double weight) { found_.classes.push_back({value, weight / found_.count}); });
    return found_;
}

} // namespace landfall::raster

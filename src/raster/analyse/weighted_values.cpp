#include "raster/analyse/weighted_values.hpp"

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

/// The number of different values, their sum of weights, the smallest and the largest.
struct Totals {
    std::size_t different = 0;
    double weight = 0, least = 0, most = 0;
};

Totals totals_of(const WeightedValues& values) {
    Totals totals;
    values.each([&](double value, double weight) {
        totals.least = totals.different == 0 ? value : totals.least;
        totals.most = value;
        totals.weight += weight;
        ++totals.different;
    });
    return totals;
}

} // namespace

WeightedValues::WeightedValues(const std::optional<ValueRange>& range, bool as_doubles) : range_(range) {
    if (range_)
        counted_.assign(range_->count, 0);
    if (as_doubles)
        whole_ = std::vector<double>();
}

Status WeightedValues::keep(double value, double weight) {
    const std::size_t bytes = std::visit([](const auto& all) { return all.size() * sizeof(all[0]); }, whole_) +
                              parts_.size() * sizeof(parts_[0]);
    if (bytes >= kMostBytes)
        return fail(Code::InvalidArgument, "The area holds too many different values for exact quantiles. Give "
                                           "max_pixels, e.g. 1000000, for approximate ones.");
    if (weight == 1)
        std::visit(
            [&](auto& all) { all.push_back(static_cast<typename std::decay_t<decltype(all)>::value_type>(value)); },
            whole_);
    else
        parts_.emplace_back(value, weight);
    return {};
}

void WeightedValues::finish() {
    std::visit([](auto& all) { std::sort(all.begin(), all.end()); }, whole_);
    std::sort(parts_.begin(), parts_.end());
}

void WeightedValues::each(const std::function<void(double, double)>& visit) const {
    if (range_) {
        for (std::size_t i = 0; i < counted_.size(); ++i)
            if (counted_[i] > 0)
                visit(static_cast<double>(range_->lowest) + static_cast<double>(i), counted_[i]);
        return;
    }
    std::visit(
        [&](const auto& whole) {
            for (std::size_t i = 0, part = 0; i < whole.size() || part < parts_.size();) {
                const bool from_parts =
                    i == whole.size() || (part < parts_.size() && parts_[part].first < static_cast<double>(whole[i]));
                const double value = from_parts ? parts_[part].first : static_cast<double>(whole[i]);
                double weight = 0;
                for (; i < whole.size() && static_cast<double>(whole[i]) == value; ++i)
                    weight += 1;
                for (; part < parts_.size() && parts_[part].first == value; ++part)
                    weight += parts_[part].second;
                visit(value, weight);
            }
        },
        whole_);
}

std::vector<double> quantiles(const WeightedValues& values, std::span<const double> shares) {
    const Totals totals = totals_of(values);
    if (totals.different == 0)
        return {};
    std::vector<std::size_t> order(shares.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return shares[i]; });
    const double spans = static_cast<double>(totals.different - 1);
    std::vector<double> found(shares.size(), totals.most);
    std::size_t next = 0, rank = 0;
    double before = 0, reached = 0, last = 0;
    // A value stands at its rank times its weight, and the weights before it once for every gap between values.
    values.each([&](double value, double weight) {
        const double place = static_cast<double>(rank) * weight + spans * before;
        for (; next < order.size() && rank > 0 && shares[order[next]] * spans * totals.weight < place; ++next) {
            const double wanted = shares[order[next]] * spans * totals.weight;
            found[order[next]] = last + (wanted - reached) * (value - last) / (place - reached);
        }
        reached = place;
        last = value;
        before += weight;
        ++rank;
    });
    return found;
}

WeightedHistogram histogram(const WeightedValues& values, int bins) {
    const Totals totals = totals_of(values);
    WeightedHistogram out;
    if (totals.different == 0 || bins < 1)
        return out;
    double low = totals.least, high = totals.most;
    if (!(low < high)) {
        low -= 0.5;
        high += 0.5;
    }
    out.counts.assign(static_cast<std::size_t>(bins), 0);
    for (int i = 0; i <= bins; ++i)
        out.edges.push_back(i == bins ? high : low + (high - low) * i / bins);
    values.each([&](double value, double weight) {
        auto bin = static_cast<std::size_t>(std::clamp((value - low) / (high - low) * bins, 0.0, bins - 1.0));
        while (bin > 0 && value < out.edges[bin])
            --bin;
        while (bin + 1 < out.counts.size() && value >= out.edges[bin + 1])
            ++bin;
        out.counts[bin] += weight;
    });
    return out;
}

std::optional<Variety> variety_of(const WeightedValues& values) {
    Variety found;
    double most = 0, least = HUGE_VAL;
    values.each([&](double value, double weight) {
        ++found.variety;
        if (weight >= most) {
            most = weight;
            found.majority = value;
        }
        if (weight < least) {
            least = weight;
            found.minority = value;
        }
    });
    return found.variety > 0 ? std::optional(found) : std::nullopt;
}

} // namespace landfall::raster

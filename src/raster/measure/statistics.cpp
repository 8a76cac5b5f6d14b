#include "raster/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

constexpr std::size_t kBins = 65536;
constexpr std::size_t kMiddle = kBins / 2;
constexpr double kFar = 1e300; ///< bins cannot be placed beyond
constexpr double kLowShare = 0.02;
constexpr double kHighShare = 0.98;

/// The value at a fractional rank of sorted-on-demand values.
double kept_percentile(std::vector<double>& values, double share) {
    const double rank = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), at, values.end());
    const double low = *at;
    if (below + 1 >= values.size())
        return low;
    const double high = *std::min_element(at + 1, values.end());
    return low + (high - low) * (rank - static_cast<double>(below));
}

} // namespace

void ExpandingHistogram::start(double value) {
    bins_.assign(kBins, 0);
    const double spread = std::abs(value - *constant_);
    const double floor = std::numeric_limits<double>::min() * static_cast<double>(kBins);
    width_ = std::max({spread / static_cast<double>(kMiddle), std::abs(value) * 1e-14, floor});
    low_ = *constant_ - width_ * static_cast<double>(kMiddle);
    bins_[kMiddle] = static_cast<std::uint32_t>(count_);
    constant_.reset();
}

void ExpandingHistogram::grow_to(double value) {
    while (value < low_ || value >= low_ + width_ * static_cast<double>(kBins)) {
        // Pairs of bins become one; the freed half goes to the side where the value lies.
        const std::size_t first = value < low_ ? kMiddle : 0;
        std::vector<std::uint32_t> wider(kBins, 0);
        for (std::size_t i = 0; i < kBins; ++i)
            wider[first + i / 2] += bins_[i];
        bins_ = std::move(wider);
        if (first != 0)
            low_ -= width_ * static_cast<double>(kBins);
        width_ *= 2;
        if (!std::isfinite(width_) || !std::isfinite(low_))
            return;
    }
}

void ExpandingHistogram::add(double value) {
    value = std::clamp(value, -kFar, kFar);
    if (count_ == 0)
        constant_ = value;
    if (constant_ && *constant_ != value)
        start(value);
    if (!constant_) {
        grow_to(value);
        const double at = std::clamp((value - low_) / width_, 0.0, static_cast<double>(kBins - 1));
        if (std::isfinite(at))
            ++bins_[static_cast<std::size_t>(at)];
    }
    ++count_;
}

double ExpandingHistogram::percentile(double share) const {
    if (constant_ || count_ == 0)
        return constant_.value_or(0);
    const double wanted = share * static_cast<double>(count_);
    double before = 0;
    for (std::size_t i = 0; i < kBins; ++i) {
        const auto here = static_cast<double>(bins_[i]);
        if (here > 0 && before + here >= wanted)
            return low_ + width_ * (static_cast<double>(i) + (wanted - before) / here);
        before += here;
    }
    return low_ + width_ * static_cast<double>(kBins);
}

BandSummary::BandSummary(Kind kind, ValueRange range, std::size_t expected) : kind_(kind), range_(range) {
    if (kind == Kind::Counted)
        counters_.assign(range.count, 0);
    else if (kind == Kind::Kept)
        kept_.reserve(expected);
}

void BandSummary::add(std::span<const double> values) {
    if (values.empty())
        return;
    double sum = 0;
    double low = values.front();
    double high = values.front();
    for (const double value : values) {
        sum += value;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    const auto count = static_cast<double>(values.size());
    const double mean = sum / count;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    // Chan's pairwise update joins this piece to what came before without loss of digits.
    const auto before = static_cast<double>(valid_);
    const double all = before + count;
    const double delta = mean - mean_;
    min_ = valid_ == 0 ? low : std::min(min_, low);
    max_ = valid_ == 0 ? high : std::max(max_, high);
    mean_ += delta * count / all;
    squares_ += squares + delta * delta * before * count / all;
    valid_ += values.size();
    note_distinct(values);
    if (kind_ == Kind::Kept)
        kept_.insert(kept_.end(), values.begin(), values.end());
    else
        for (const double value : values)
            histogram_.add(value);
}

void BandSummary::note_distinct(std::span<const double> values) {
    constexpr std::size_t kFew = 64;
    const double* last = nullptr;
    for (const double& value : values) {
        if (many_)
            return;
        if (last != nullptr && *last == value)
            continue;
        last = &value;
        const auto at = std::lower_bound(few_.begin(), few_.end(), value);
        if (at == few_.end() || *at != value)
            few_.insert(at, value);
        many_ = few_.size() > kFew;
    }
}

std::optional<BandStatistics> BandSummary::finish_counted() const {
    std::uint64_t count = 0;
    double sum = 0;
    for (std::size_t i = 0; i < counters_.size(); ++i) {
        count += counters_[i];
        sum += static_cast<double>(counters_[i]) * static_cast<double>(static_cast<std::int64_t>(i) + range_.lowest);
    }
    if (count == 0)
        return std::nullopt;
    BandStatistics out;
    out.mean = sum / static_cast<double>(count);
    out.valid = static_cast<double>(count) / static_cast<double>(std::max(seen_, count));
    const auto value_at = [&](std::uint64_t rank) {
        std::uint64_t before = 0;
        for (std::size_t i = 0; i < counters_.size(); ++i) {
            before += counters_[i];
            if (before > rank)
                return static_cast<double>(static_cast<std::int64_t>(i) + range_.lowest);
        }
        return 0.0;
    };
    const auto percentile = [&](double share) {
        const double rank = share * static_cast<double>(count - 1);
        const auto below = static_cast<std::uint64_t>(rank);
        const double low = value_at(below);
        return low + (value_at(std::min(below + 1, count - 1)) - low) * (rank - static_cast<double>(below));
    };
    out.min = value_at(0);
    out.max = value_at(count - 1);
    out.p2 = percentile(kLowShare);
    out.p98 = percentile(kHighShare);
    double squares = 0;
    for (std::size_t i = 0; i < counters_.size(); ++i) {
        const double off = static_cast<double>(static_cast<std::int64_t>(i) + range_.lowest) - out.mean;
        squares += static_cast<double>(counters_[i]) * off * off;
    }
    out.std = std::sqrt(squares / static_cast<double>(count));
    return out;
}

std::optional<BandStatistics> BandSummary::finish() {
    if (kind_ == Kind::Counted)
        return finish_counted();
    if (valid_ == 0)
        return std::nullopt;
    BandStatistics out;
    out.min = min_;
    out.max = max_;
    out.mean = std::clamp(mean_, min_, max_);
    out.std = std::min(std::sqrt(squares_ / static_cast<double>(valid_)), std::numeric_limits<double>::max());
    out.valid = static_cast<double>(valid_) / static_cast<double>(std::max(seen_, valid_));
    const bool kept = kind_ == Kind::Kept;
    out.p2 = std::clamp(kept ? kept_percentile(kept_, kLowShare) : histogram_.percentile(kLowShare), min_, max_);
    out.p98 = std::clamp(kept ? kept_percentile(kept_, kHighShare) : histogram_.percentile(kHighShare), min_, max_);
    return out;
}

std::size_t BandSummary::distinct() const {
    if (kind_ != Kind::Counted)
        return many_ ? kManyValues : few_.size();
    return static_cast<std::size_t>(
        std::count_if(counters_.begin(), counters_.end(), [](std::uint32_t count) { return count > 0; }));
}

} // namespace landfall::raster

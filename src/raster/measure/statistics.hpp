#pragma once
/// Statistics of one band, gathered piece by piece in bounded memory. No GDAL here.

#include "imagery/facts.hpp"
#include "raster/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace landfall::raster {

/// A histogram of fixed size whose bins double in width when a value falls outside: any percentile is off by at most
/// 4/65536 of the range of the values seen.
class ExpandingHistogram {
public:
    void add(double value);
    /// Value below which `share` (0..1) of the values lie; 0 without values.
    double percentile(double share) const;

private:
    void start(double value);
    void grow_to(double value);

    std::vector<std::uint32_t> bins_;
    double low_ = 0, width_ = 0;
    std::uint64_t count_ = 0;
    std::optional<double> constant_; ///< as long as all values are equal
};

/// The values an integer type of at most 16 bits can hold.
struct ValueRange {
    std::int32_t lowest = 0;
    std::uint32_t count = 256;
};

/// A count of different values that stands for more than are worth counting.
inline constexpr std::size_t kManyValues = static_cast<std::size_t>(-1);

/// Gathers the values of one band. Values are finite; the caller leaves out what is not valid.
class BandSummary {
public:
    enum class Kind {
        Counted, ///< integers of at most 16 bits: a counter for each value, everything exact
        Kept,    ///< anything, few enough to be kept: everything exact
        Binned,  ///< anything: percentiles from an ExpandingHistogram
    };
    /// `range`: the values a Counted summary can meet. `expected`: values a Kept summary reserves room for.
    explicit BandSummary(Kind kind, ValueRange range = {}, std::size_t expected = 0);

    Kind kind() const { return kind_; }
    /// The counters of a Counted summary: index = value - range().lowest. At most 2^32 - 1 pixels are counted.
    std::span<std::uint32_t> counters() { return counters_; }
    ValueRange range() const { return range_; }
    /// Adds values to a Kept or Binned summary.
    void add(std::span<const double> values);
    /// Pixels looked at, valid or not.
    void add_seen(std::uint64_t pixels) { seen_ += pixels; }
    std::uint64_t seen() const { return seen_; }

    /// Nothing if no value was valid. Percentiles interpolate linearly between ranks. `exact` is left false.
    std::optional<BandStatistics> finish();
    /// How many different values there are; kManyValues beyond 64 unless the summary is Counted.
    std::size_t distinct() const;

private:
    std::optional<BandStatistics> finish_counted() const;
    void note_distinct(std::span<const double> values);

    Kind kind_;
    ValueRange range_;
    std::vector<std::uint32_t> counters_;
    std::vector<double> kept_;
    ExpandingHistogram histogram_;
    std::vector<double> few_; ///< ascending; the different values as long as they are few
    bool many_ = false;
    std::uint64_t seen_ = 0, valid_ = 0;
    double min_ = 0, max_ = 0, mean_ = 0, squares_ = 0;
};

} // namespace landfall::raster

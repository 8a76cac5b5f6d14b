#pragma once
/// Statistics of one band in one zone, gathered row by row. No GDAL here.

#include "imagery/analysis/measure_task.hpp"
#include "raster/analyse/weighted_values.hpp"
#include "raster/read/image.hpp"
#include "raster/vocabulary.hpp"

#include <span>

namespace landfall::raster {

class ZoneSummary {
public:
    /// `like`: a plane of the type that is to come.
    explicit ZoneSummary(const Samples& like);

    /// The next pixels of a row: those of the plane and its mask from `first` on, as many as there are fractions. What
    /// is masked, or no finite number, covers and does not count. InvalidArgument as `WeightedValues::add`.
    Status add(const Samples& plane, const Mask& mask, std::size_t first, std::span<const double> fractions);

    /// All that was found. Percentiles and bins as the arguments ask.
    MeasuredBand finish(const MeasureArguments& arguments);

private:
    template<typename T>
    Status add_values(const std::vector<T>& plane, const Mask& mask, std::size_t first,
                      std::span<const double> fractions);
    void join(double weight, double mean, double squares);

    WeightedValues values_;
    MeasuredBand found_;
    double squares_ = 0; ///< weighted sum of squared differences from the mean
};

} // namespace landfall::raster

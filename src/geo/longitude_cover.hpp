#pragma once
/// Which longitudes a set of shapes covers, to find the shortest box around them even across the antimeridian.

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace landfall::geo {

/// Longitudes in degrees. Shapes narrower than half a degree are placed exactly, wider ones to their ends.
class LongitudeCover {
public:
    /// Adds an interval within -180..180, west <= east; others are ignored.
    void add(double west, double east);
    /// West and east of the shortest interval that covers everything; west > east across the antimeridian. Nothing if
    /// nothing was added.
    std::optional<std::pair<double, double>> shortest() const;

private:
    static constexpr std::size_t kBins = 720;
    struct Bin {
        bool covered = false;
        double low = 0, high = 0;
    };
    std::array<Bin, kBins> bins_{};
};

} // namespace landfall::geo

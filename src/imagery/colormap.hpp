#pragma once
/// Colours for values: named ramps, classes and intervals. Pure, no GDAL.

#include "core/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::imagery {

/// Bytes red, green, blue, alpha from the lowest byte up.
using Rgba = std::uint32_t;

constexpr Rgba rgba(std::uint32_t red, std::uint32_t green, std::uint32_t blue, std::uint32_t alpha = 255) {
    return red | green << 8 | blue << 16 | alpha << 24;
}

/// The name of colours for whole numbers that are classes: each has always the same one, whatever the file.
inline constexpr std::string_view kClassColors = "classes";

/// A mapping from values to colours. Immutable.
class Colormap {
public:
    /// A ramp's name (any case, `_r` reverses), `classes`, or JSON text: `{"1": "#ff0000", "2": [0, 255, 0, 128]}` for
    /// classes,
    /// `[[0, 10, "#0000ff"], [10, 20, "#ff0000"]]` for intervals (low inclusive, high exclusive).
    /// InvalidArgument names the ramps.
    static Result<Colormap> parse(std::string_view text);
    /// Exact colours of whole values, e.g. a file's palette; the last of a repeated value counts.
    static Colormap of_classes(std::vector<std::pair<int, Rgba>> classes);

    /// True when the colours follow a stretch from low to high; false for classes and intervals of raw values.
    bool is_ramp() const { return classes_.empty() && intervals_.empty() && !by_number_; }
    /// The ramp's 256 colours, lowest value first.
    const std::array<Rgba, 256>& ramp() const { return ramp_; }
    /// Colour of a raw value by class or interval; transparent if it has none.
    Rgba color_of(double value) const;

private:
    /// The JSON text of `parse`.
    static Result<Colormap> parse_entries(std::string_view text);

    struct Interval {
        double low, high;
        Rgba color;
    };
    std::array<Rgba, 256> ramp_{};
    std::vector<std::pair<int, Rgba>> classes_; ///< ascending
    std::vector<Interval> intervals_;
    bool by_number_ = false; ///< kClassColors
};

struct ColormapGroup {
    std::string_view name;
    std::vector<std::string_view> ramps;
};

/// Every named ramp, by group (perceptual, sequential, diverging, terrain, other), and the colours of classes
/// (qualitative): what `cog.colormaps` lists.
std::vector<ColormapGroup> colormap_groups();

} // namespace landfall::imagery

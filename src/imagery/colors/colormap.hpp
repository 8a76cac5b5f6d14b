#pragma once
/// Colours for values: named ramps, stops, classes and intervals. Pure, no GDAL.

#include "core/result.hpp"
#include "imagery/colors/rgba.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::imagery {

/// The name of colours for whole numbers that are classes: each has always the same one, whatever the file.
inline constexpr std::string_view kClassColors = "classes";

/// A mapping from values to colours. Immutable.
class Colormap {
public:
    enum class Kind {
        Ramp,    ///< 256 colours over whatever the values are stretched between
        Linear,  ///< colours between stops of raw values
        Steps,   ///< a colour from one raw value up to the next
        Exact,   ///< colours of single raw values
        Numbers, ///< `kClassColors`
    };
    using Entry = std::pair<double, Rgba>;

    /// A ramp's name (any case, `_r` reverses), `classes`, or JSON text (extensions.md, Pixels):
    /// - `{"type": "linear", "entries": [[0, "#0000ff"], [10, "#ff0000"]]}`: values ascend, the ends extend
    /// - `{"type": "interval", …}`: each colour from its value up to the next, clear below the first
    /// - `{"type": "discrete", …}` or `{"1": "#ff0000", "2": [0, 255, 0, 128]}`: exact values, all else clear
    /// - `[[0, 10, "#0000ff"], [10, 20, "#ff0000"]]`: low inclusive, high exclusive; of intervals that overlap the
    /// first InvalidArgument names the ramps, or what entries look like; at most 4096 of them.
    static Result<Colormap> parse(std::string_view text);
    /// Exact colours of whole values, e.g. a file's palette; the last of a repeated value counts.
    static Colormap of_classes(const std::vector<std::pair<int, Rgba>>& classes);

    Kind kind() const { return kind_; }
    /// True when the colours follow a stretch from low to high; false for colours of raw values.
    bool is_ramp() const { return kind_ == Kind::Ramp; }
    /// Whether a value between two others has a colour between theirs; if not, values must not be mixed.
    bool is_smooth() const { return kind_ == Kind::Ramp || kind_ == Kind::Linear; }
    /// The ramp's 256 colours, lowest value first.
    const std::array<Rgba, 256>& ramp() const { return ramp_; }
    /// Values and colours, ascending by value; none of a ramp and of `Numbers`. Of steps a clear colour begins a gap.
    const std::vector<Entry>& entries() const { return entries_; }
    /// Colour of a raw value; transparent if it has none. Exact values are compared as float32. Not of a ramp.
    Rgba color_of(double value) const;

private:
    friend class ColormapEntries;
    static Colormap of_exact(std::vector<Entry> entries);

    Kind kind_ = Kind::Ramp;
    std::array<Rgba, 256> ramp_{};
    std::vector<Entry> entries_;
};

struct ColormapGroup {
    std::string_view name;
    std::vector<std::string_view> ramps;
};

/// Every named ramp by group; the colours of classes are qualitative: what `cog.colormaps` lists.
std::vector<ColormapGroup> colormap_groups();

} // namespace landfall::imagery

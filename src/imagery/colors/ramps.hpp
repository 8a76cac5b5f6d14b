#pragma once
/// Named colour ramps: those of matplotlib, under its names, and `relief` for heights. Pure, no GDAL.

#include "imagery/colors/rgba.hpp"

#include <array>
#include <span>
#include <string_view>

namespace landfall::imagery {

struct Ramp {
    std::string_view group; ///< perceptual, sequential, diverging, cyclic, qualitative, terrain, other
    std::string_view name;  ///< as matplotlib spells it
    std::string_view
        points; ///< hexadecimal `PPrrggbb`: a place 0..255 and the colour there, from the first to the last
};

/// All of them, by group.
std::span<const Ramp> ramps();

/// The one of that name, in any case and also by matplotlib's second names (`grey`, `gist_grey`, …); null without one.
const Ramp* find_ramp(std::string_view name);

/// Its 256 colours, straight lines between the points: no byte is off by more than 1 from matplotlib's.
std::array<Rgba, 256> colors_of(const Ramp& ramp);

} // namespace landfall::imagery

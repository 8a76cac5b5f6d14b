#pragma once
/// What the colours of a rendering mean (`items.legend`). Pure, no GDAL.

#include "imagery/colors/rgba.hpp"
#include "imagery/facts.hpp"
#include "imagery/tile_request.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

struct LegendEntry {
    std::optional<double> value; ///< none of what is no value: a channel of a picture
    std::string label;
    Rgba color = 0;
    bool blends = false; ///< the colours up to the next entry lie between both
};

/// Whether the legend of a rendering needs to know what its values spread over, which neither it nor the facts tell.
bool needs_range(const Rendering& rendering, const Facts& facts);

/// From the lowest value to the highest. `range`: of the values, where `needs_range`. Colours of single values are all
/// of the table's, or the file's own with their labels; ramps have five places. Empty where nothing can be told.
/// InvalidArgument for a colormap that is none.
Result<std::vector<LegendEntry>> legend_of(const Rendering& rendering, const Facts& facts,
                                           const std::optional<std::array<double, 2>>& range);

} // namespace landfall::imagery

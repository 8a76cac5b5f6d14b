#pragma once
/// What the colours of an item's view mean. Contract: extensions.md, Pixels, `items.legend`.

#include "domain/context.hpp"
#include "domain/drawing/view.hpp"
#include "imagery/analysis/legend.hpp"

#include <vector>

namespace landfall::domain {

/// From the lowest value to the highest; the spread of an expression that nothing tells is measured as tiles do. Fails
/// as `measure` does.
Result<std::vector<imagery::LegendEntry>> read_legend(Call& call, const View& view);

} // namespace landfall::domain

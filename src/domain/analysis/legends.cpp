#include "domain/analysis/legends.hpp"

#include "domain/analysis/measuring.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/transact.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::int64_t kSample = 1 << 18; ///< pixels, as tiles take for a stretch

/// The 2nd and the 98th percentile of what a rendering shows; nothing without a valid pixel.
Result<std::optional<std::array<double, 2>>> spread_of(Call& call, const View& view,
                                                       const imagery::Rendering& rendering) {
    MeasureTerms terms;
    terms.view.item_id = view.item_id;
    terms.view.asset_key = view.asset_key;
    if (!rendering.expression.empty())
        terms.view.expression = rendering.expression;
    else
        terms.view.bands = fmt::format("{}", rendering.bands.empty() ? 1 : rendering.bands[0]);
    terms.percentiles = {2, 98};
    terms.max_pixels = kSample;
    TRY(const auto measured, measure(call, terms));
    const auto& band = measured.answer.zones.front().bands.front();
    if (band.pixels == 0)
        return std::optional<std::array<double, 2>>();
    return std::optional(std::array{band.percentiles[0], band.percentiles[1]});
}

} // namespace

Result<std::vector<imagery::LegendEntry>> read_legend(Call& call, const View& view) {
    TRY(const auto source, in_snapshot(call, [&](Context& cx) {
            return find_tile_source(cx, view.item_id, view.profile, view.asset_key);
        }));
    TRY(const auto rendering, choose_rendering(source, view));
    CHECK_OK(imagery::check_fit(rendering, source.names));
    std::optional<std::array<double, 2>> range;
    if (imagery::needs_range(rendering, source.facts)) {
        TRY(range, spread_of(call, view, rendering));
    }
    return imagery::legend_of(rendering, source.facts, range);
}

} // namespace landfall::domain

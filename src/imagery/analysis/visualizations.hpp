#pragma once
/// How bands whose roles are known can be shown (`geopera.md` section 10.1, `visualization.list_for`). Pure, no GDAL.

#include "core/result.hpp"
#include "schema/fields.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::imagery {

/// The 1-based band of each role, by its name in lower case: `red`, `nir`, `rededge1`, `swir1`, …
using BandRoles = std::map<std::string, int, std::less<>>;

/// Reads `{"red": 3, "nir": 4}`; other usual spellings of a role (`R`, `red_edge`, `swir16`) mean the same one.
/// InvalidArgument names every role without a band number.
Result<BandRoles> parse_band_roles(const Json& roles);

enum class VisualizationKind { Rgb, Index, Elevation, Raw };
constexpr auto enum_names(schema::Of<VisualizationKind>) {
    using enum VisualizationKind;
    return std::array{
        schema::EnumName<VisualizationKind>{Rgb, "rgb"}, schema::EnumName<VisualizationKind>{Index, "index"},
        schema::EnumName<VisualizationKind>{Elevation, "elevation"}, schema::EnumName<VisualizationKind>{Raw, "raw"}};
}

/// One way to show them, in the words of `items.tile.render`.
struct Visualization {
    std::string id;
    std::string label;
    VisualizationKind kind = VisualizationKind::Raw;
    std::optional<std::string> asset;
    std::optional<std::vector<int>> bands;
    std::optional<std::string> expression;
    std::optional<std::string> colormap;
    std::optional<std::string> rescale; ///< `lo,hi`, or a pair for each band
    bool is_default = false;
    std::optional<std::string> category;
    std::string description;
};
constexpr auto describe(schema::Of<Visualization>) {
    using schema::field;
    using T = Visualization;
    return schema::fields(field("id", &T::id, {.required = true}), field("label", &T::label, {.required = true}),
                          field("kind", &T::kind, {.required = true}), field("asset", &T::asset),
                          field("bands", &T::bands, {.text = "1-based"}), field("expression", &T::expression),
                          field("colormap", &T::colormap), field("rescale", &T::rescale),
                          field("is_default", &T::is_default), field("category", &T::category),
                          field("description", &T::description));
}

constexpr std::string_view schema_name(schema::Of<Visualization>) {
    return "VisualizationSpec";
}

/// What `visualization.list_for` asks about.
struct ShownBands {
    const BandRoles& roles;
    std::string_view data_type; ///< raster; elevation, dem, dsm, dtm; vector, which shows nothing
    const Json& render_params;  ///< a configured look: bands, expression, rescale, colormap
    std::optional<std::string> asset;
};

/// Every composite, index and band that the roles allow, the default first: the configured look, natural colours, false
/// colours, elevation, the first band. InvalidArgument if the configured look is none.
Result<std::vector<Visualization>> visualizations_for(const ShownBands& shown);

} // namespace landfall::imagery

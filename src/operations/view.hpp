#pragma once
/// The members of a view that operations share (extensions.md, Pixels), beside what each adds.

#include "domain/drawing/view.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>

namespace landfall::operations {

/// Which raster is meant and which of its values.
struct ValueFields {
    ItemId item_id;
    std::optional<std::string> profile, asset_key, expression, bands;
    std::optional<double> nodata;
};

constexpr auto describe(schema::Of<ValueFields>) {
    using schema::field;
    using T = ValueFields;
    return schema::fields(
        field("item_id", &T::item_id, {.required = true}),
        field("profile", &T::profile, {.text = "Id or name of a visualization profile"}),
        field("asset_key", &T::asset_key, {.text = "One of the item's rasters; the uploaded one if absent"}),
        field("expression", &T::expression, {.text = "Band math, e.g. (b4-b3)/(b4+b3)", .max_length = 1000}),
        field("bands", &T::bands, {.text = "1-based numbers or names, separated by commas", .max_length = 1000}),
        field("nodata", &T::nodata, {.text = "What marks missing pixels, instead of what the file says"}));
}

/// How they look.
struct LookFields {
    std::optional<std::string> rescale;
    std::optional<Json> colormap;
    std::optional<double> gamma, contrast, saturation;
    std::optional<std::string> resampling, algorithm;
    std::optional<imagery::TerrainParams> algorithm_params;
};

constexpr auto describe(schema::Of<LookFields>) {
    using schema::field;
    using T = LookFields;
    return schema::fields(
        field("rescale", &T::rescale,
              {.text = "lo,hi or one pair per band separated by semicolons", .max_length = 1000}),
        field("colormap", &T::colormap,
              {.text = "A name of cog.colormaps; or {\"type\": \"linear|discrete|interval\", \"entries\": [[value, "
                       "\"#RRGGBB[AA]\"], …]} of at most 4096 entries, as an object or as its JSON text"}),
        field("gamma", &T::gamma, {.text = "1 changes nothing", .min = 0.1, .max = 10}),
        field("contrast", &T::contrast, {.text = "Sigmoidal; 0 changes nothing", .min = 0, .max = 30}),
        field("saturation", &T::saturation,
              {.text = "Of three bands; 1 changes nothing, 0 is gray", .min = 0, .max = 5}),
        field("resampling", &T::resampling, {.text = "nearest, bilinear, cubic, average, mode, min or max"}),
        field("algorithm", &T::algorithm, {.text = "What is made of elevations", .one_of = imagery::kAlgorithms}),
        field("algorithm_params", &T::algorithm_params));
}

/// Adds what is meant to a view.
void assign(const ValueFields& in, domain::View& view);
/// The same of the looks. InvalidArgument for a colormap that is neither text nor a table.
Status assign(const LookFields& in, domain::View& view);

} // namespace landfall::operations

#include "operations/view.hpp"

namespace landfall::operations {

void assign(const ValueFields& in, domain::View& view) {
    view.item_id = in.item_id;
    view.profile = in.profile;
    view.asset_key = in.asset_key;
    view.expression = in.expression;
    view.bands = in.bands;
    view.nodata = in.nodata;
}

Status assign(const LookFields& in, domain::View& view) {
    constexpr std::size_t kLongest = 200'000;
    view.rescale = in.rescale;
    view.gamma = in.gamma;
    view.contrast = in.contrast;
    view.saturation = in.saturation;
    view.resampling = in.resampling;
    view.algorithm = in.algorithm;
    view.algorithm_params = in.algorithm_params;
    if (!in.colormap)
        return {};
    const Json& colormap = *in.colormap;
    if (!colormap.is_string() && !colormap.is_object() && !colormap.is_array())
        return fail_field("colormap", "Give the colormap as a name, or as an object of its entries");
    view.colormap = colormap.is_string() ? colormap.as_string() : colormap.dump();
    if (view.colormap->size() > kLongest)
        return fail_field("colormap", "The colormap is too long");
    return {};
}

} // namespace landfall::operations

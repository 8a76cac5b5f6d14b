#pragma once
/// Colormaps as people write them out: JSON of stops, classes and intervals. Pure, no GDAL.

#include "imagery/colors/colormap.hpp"
#include "schema/json.hpp"

#include <string_view>

namespace landfall::imagery {

/// The JSON forms of `Colormap::parse`.
class ColormapEntries {
public:
    /// InvalidArgument tells what they look like.
    static Result<Colormap> parse(std::string_view text);

private:
    static Result<Colormap> typed(const Json& json);
    static Result<Colormap> classes(const Json& json);
    static Result<Colormap> intervals(const Json& json);
};

} // namespace landfall::imagery

#pragma once
/// What the server asks a worker to cut out of a raster.

#include "imagery/tasks.hpp"

#include <array>
#include <optional>
#include <string>

namespace landfall::imagery {

/// The file of the folder that holds the area: a GeoJSON Polygon or MultiPolygon, as `geo::parse_area` takes it. It may
/// be larger than what a task is told.
inline constexpr std::string_view kAreaFile = "area.json";

struct ClipArguments {
    WorkerFiles files;
    bool categorical = false;   ///< values are classes
    bool alpha_is_data = false; ///< the band that the file calls alpha hides nothing
    int threads = 2;
    std::int64_t most_bytes = std::int64_t{64} << 30;   ///< of the pixels that it may hold, as they are decoded
    std::optional<std::array<double, 4>> ground_bounds; ///< of the raster: west, south, east, north in degrees
};
constexpr auto describe(schema::Of<ClipArguments>) {
    using A = ClipArguments;
    return schema::fields(
        schema::field("files", &A::files, {.required = true}), schema::field("categorical", &A::categorical),
        schema::field("alpha_is_data", &A::alpha_is_data), schema::field("threads", &A::threads, {.min = 1, .max = 8}),
        schema::field("most_bytes", &A::most_bytes, {.min = 1}),
        schema::field("ground_bounds", &A::ground_bounds, {.sparse = true}));
}

/// Makes a cloud-optimized GeoTIFF of the pixels whose centres lie in the area of the folder: on the raster's own grid,
/// every value as it is. InvalidArgument if none does, if they are too many, or if the file can't be read.
inline constexpr schema::TaskSpec<ClipArguments, CogAnswer> kClip{"clip"};

} // namespace landfall::imagery

#pragma once
/// What the server asks workers for of the features of one file: tiles of them. Contract: extensions.md, Pixels,
/// `items.tile.vector`.

#include "imagery/tasks.hpp"

#include <string>

namespace landfall::imagery {

inline constexpr std::string_view kVectorTileType = "application/vnd.mapbox-vector-tile";

/// A tile of WebMercatorQuad.
struct VectorTileArguments {
    WorkerFiles files;
    std::string layer; ///< as the facts name it; empty: all
    int z = 0;
    std::int64_t x = 0, y = 0;
};
constexpr auto describe(schema::Of<VectorTileArguments>) {
    using A = VectorTileArguments;
    return schema::fields(schema::field("files", &A::files, {.required = true}), schema::field("layer", &A::layer),
                          schema::field("z", &A::z, {.required = true, .min = 0, .max = 24}),
                          schema::field("x", &A::x, {.required = true, .min = 0}),
                          schema::field("y", &A::y, {.required = true, .min = 0}));
}

struct VectorTileAnswer {
    std::string file;      ///< in the folder
    bool complete = false; ///< false: some features were left out, so that the tile stays small
};
constexpr auto describe(schema::Of<VectorTileAnswer>) {
    using A = VectorTileAnswer;
    return schema::fields(schema::field("file", &A::file, {.required = true, .min_length = 1, .max_length = 64}),
                          schema::field("complete", &A::complete, {.required = true}));
}

/// Makes one Mapbox Vector Tile. NotFound for a layer that the file has not got, InvalidArgument if it can't be read.
inline constexpr schema::TaskSpec<VectorTileArguments, VectorTileAnswer> kDrawVectorTile{"vector_tile"};

} // namespace landfall::imagery

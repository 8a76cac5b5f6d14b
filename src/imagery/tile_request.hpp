#pragma once
/// What a rendered map tile is asked for: plain values that cross process boundaries as JSON. No GDAL here.

#include "schema/json.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

enum class TileFormat { Png, Webp, Jpeg };

/// How pixel values become colours. Empty members mean automatic, from the file's own facts.
struct Rendering {
    std::vector<int> bands;                     ///< 1-based; empty: automatic; one: through a colormap; three: RGB
    std::string expression;                     ///< band math over names and b1…bN; beats `bands`
    std::vector<std::array<double, 2>> rescale; ///< one pair for all, or one a band; empty: p2..p98 of the statistics
    std::string colormap;                       ///< a name, or empty: the file's palette, else gray
    double gamma = 1.0;
    std::optional<double> nodata; ///< overrides the file's
    std::string resampling;       ///< nearest, bilinear, average; empty: by data kind
};

/// One Web Mercator (EPSG:3857) XYZ tile of one file.
struct TileRequest {
    std::string source;    ///< identity of the bytes for the dataset pool (object id); a new file has a new one
    std::string driver;    ///< GDAL driver that the probe found; the only one tried
    std::string extension; ///< `tif`, `jp2`, …: the name the file is shown under
    int z = 0;
    std::int64_t x = 0, y = 0; ///< row 0 at the north
    int size = 256;            ///< pixels a side
    TileFormat format = TileFormat::Webp;
    int quality = 82; ///< 1..100, JPEG and WebP; WebP 100 is lossless
    Rendering rendering;
    /// Facts the renderer cannot cheaply read itself: statistics and categorical flag by band.
    Json facts;
};

struct Tile {
    std::string bytes;
    std::string media_type;
    bool empty = false; ///< no valid pixel: fully transparent (black for JPEG)
};

Json to_json(const TileRequest& request);
Result<TileRequest> tile_request_from_json(const Json& json);

/// A drawn tile as text: a line of JSON {media_type, empty}, a newline, and the bytes of the picture.
std::string tile_answer(const Tile& tile);
/// Reads such a text. Internal if it is none.
Result<Tile> tile_from_answer(const std::string& answer);

} // namespace landfall::imagery

#pragma once
/// What the beginning of a TIFF file tells of it before all of it is there. Hostile input: bounded, never past the
/// bytes that are given. Spec: TIFF 6.0 section 2; BigTIFF; OGC GeoTIFF 1.1 sections 7.1 and 7.4.

#include <cstdint>
#include <optional>
#include <string_view>

namespace landfall::imagery {

struct TiffHead {
    bool is_whole = false;    ///< the first directory lies within the bytes, so what follows is known
    bool is_past_end = false; ///< the first directory lies behind the end of the file
    bool is_placed = false;   ///< a tie point or a transformation is there
    bool has_keys = false;    ///< GeoTIFF keys are there
    int epsg = 0;             ///< of the projected, else the geographic system; 0: none is named by a code
};

/// Nothing if these are not the first bytes of a TIFF. `size`: of the whole file, bytes.
std::optional<TiffHead> read_tiff_head(std::string_view head, std::uint64_t size);

} // namespace landfall::imagery

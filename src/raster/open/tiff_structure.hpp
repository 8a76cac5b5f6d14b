#pragma once
/// The skeleton of a TIFF (6.0) or BigTIFF file, read by us and not by libtiff: what it declares, and whether every
/// block that it points to lies inside the file. No GDAL here.

#include "raster/open/file_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::raster {

/// Bounds beyond which a raster is refused before anything of it is decoded.
struct RasterLimits {
    std::int64_t max_side = 4'000'000; ///< pixels
    int max_bands = 4096;
    std::uint64_t max_declared_bytes = 1ULL << 40U; ///< decoded, sparse blocks included
    std::uint64_t bomb_bytes = 1ULL << 30U;         ///< a bomb decodes to more than this…
    std::uint64_t bomb_ratio = 1000;                ///< …and to more than so many times the stored bytes
    std::uint64_t max_block_bytes = 256ULL << 20U;  ///< of one compressed tile or strip, decoded
};

/// One image file directory.
struct TiffImage {
    std::uint64_t directory_offset = 0; ///< of the IFD, bytes
    std::uint32_t width = 0, height = 0;
    std::uint32_t block_width = 0, block_height = 0;
    std::uint32_t samples = 1, bits = 1;
    std::uint16_t compression = 1;
    bool tiled = false;
    bool separate = false; ///< one plane a sample
    bool reduced = false;  ///< an overview (NewSubfileType bit 0)
    bool mask = false;     ///< a transparency mask (bit 2)
    std::uint64_t blocks = 0, sparse_blocks = 0;
    std::uint64_t decoded_bytes = 0;     ///< of the blocks that are not sparse
    std::uint64_t first_data_offset = 0; ///< lowest offset of a block; 0 without any
};

struct TiffStructure {
    bool big = false;
    bool edited = false;           ///< a program changed a cloud-optimized file, and says so
    std::vector<TiffImage> images; ///< in file order; never empty
};

/// Walks the directories of a TIFF and checks every strip and tile. InvalidArgument with a sentence for the user if it
/// is truncated, loops, contradicts itself or breaks a limit.
Result<TiffStructure> read_tiff_structure(const FileReader& file, const RasterLimits& limits = {});

/// Whether the file can be read tile by tile without scanning it: not edited since it was laid out, tiled, with
/// decreasing overviews if a side is longer than 512 pixels, and with all directories before the pixels.
bool is_cloud_optimized(const TiffStructure& structure);

/// Refuses a raster that breaks `limits`, told by what it declares. `stored`: size of the file in bytes. `help`: the
/// sentence that ends the message.
Status check_declared_size(std::uint64_t decoded, std::uint64_t stored, const RasterLimits& limits,
                           std::string_view help);

} // namespace landfall::raster

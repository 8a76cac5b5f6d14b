#pragma once
/// A reader of ZIP archives (APPNOTE 6.3) for untrusted uploads: bounded, stored and deflated entries only. No GDAL.

#include "raster/open/file_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::raster {

struct ZipLimits {
    std::size_t max_entries = 1000;
    std::uint64_t max_ratio = 100;         ///< unpacked bytes to packed ones, of all entries together
    std::uint64_t max_bytes = 1ULL << 30U; ///< unpacked
};

/// One file of an archive; folders are left out.
struct ZipEntry {
    std::string name; ///< as stored, with `/`; text of unknown encoding
    std::uint64_t size = 0;
    std::uint64_t packed_size = 0;
    std::uint64_t header_offset = 0;
    std::uint32_t crc = 0;
    bool deflated = false;
};

/// Reads and checks the central directory. InvalidArgument with a sentence for the user for a damaged or encrypted
/// archive, one that is split over disks, one beyond the limits, one with absolute, `..` or repeated names, with links,
/// overlapping entries or archives inside.
Result<std::vector<ZipEntry>> list_zip(const FileReader& file, const ZipLimits& limits = {});

/// The first bytes of an entry, at most `count`. InvalidArgument if it is damaged.
Result<std::string> peek_zip(const FileReader& file, const ZipEntry& entry, std::size_t count);

/// Unpacks one entry into a new file, which must not exist. Stops at the size the directory gave, and checks it and
/// the CRC. InvalidArgument if the entry is damaged; Internal if the file cannot be written.
Status unpack_zip(const FileReader& file, const ZipEntry& entry, const std::string& target);

} // namespace landfall::raster

#pragma once
/// What an uploaded file is, told from its first bytes and never from its name alone. No GDAL here: the server calls
/// this before a worker sees the file.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall::imagery {

enum class FileKind { Raster, Vector, Archive, Sidecar, Unknown };

struct Sniffed {
    FileKind kind = FileKind::Unknown;
    std::string driver;     ///< GDAL's short name for Raster and Vector; `ZIP` for Archive; empty otherwise
    std::string extension;  ///< without dot: `tif`, `jp2`, …; for a sidecar its suffix: `aux.xml`, `wld`, …
    std::string media_type; ///< IANA name, or the one that STAC uses
    /// The name a worker gives the file: `input.<extension>`, but the tile name for .hgt, which is its georeference.
    std::string safe_name;
};

/// How many first bytes `sniff` wants; fewer if the file is shorter. GDAL looks at as many to tell GeoJSON.
inline constexpr std::size_t kSniffBytes = 6000;

/// Tells what a file is. `head`: its first bytes (kSniffBytes of them if there are as many). `file_name`: as the user
/// sent it, any text; it tells sidecars and .hgt tiles apart, whose content has no signature. `size`: of the whole
/// file. InvalidArgument with a sentence that says what was found and what would help if it is nothing that can be
/// used.
Result<Sniffed> sniff(std::string_view head, std::string_view file_name, std::uint64_t size);

/// What people call the files of a driver: `GeoTIFF`, `JPEG 2000`, … `driver`: as in `Sniffed`.
std::string_view format_name(std::string_view driver);

/// The media type of a cloud-optimized GeoTIFF.
inline constexpr std::string_view kCogMediaType = "image/tiff; application=geotiff; profile=cloud-optimized";

/// Whether a primary file may have that media type: one that `sniff` tells, or a cloud-optimized GeoTIFF's.
bool is_media_type_of_data(std::string_view media_type);

/// Whether XML text declares a document type or an entity, in any case and in UTF-8 or UTF-16.
bool has_xml_declarations(std::string_view text);

/// The `[NS]dd[EW]ddd` of an SRTM tile's file name, upper case, or empty.
std::string srtm_tile_name(std::string_view file_name);

} // namespace landfall::imagery

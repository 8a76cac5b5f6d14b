#pragma once
/// Which files of an upload belong together. Pure functions of names; no GDAL here.

#include "core/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::imagery {

/// The suffix that makes a name a sidecar, lower case without its dot (`aux.xml`, `tfw`, `ovr`, …), or nothing.
/// Parts of a Shapefile (`shx`, `dbf`, `cpg`, …) count as well.
std::optional<std::string> sidecar_suffix(std::string_view file_name);
/// Whether the name has the form of a sidecar. A file of that name without a primary is still no primary.
bool is_sidecar(std::string_view file_name);

/// The name's last path component without its last extension, and without the inner one of `x.hgt.zip`.
std::string file_stem(std::string_view file_name);

/// Whether `sidecar` belongs to `primary`: `scene.tif.aux.xml`, `scene.aux.xml`, `scene.tfw`, … to `scene.tif`.
/// Neither case nor the Unicode form of a name (NFC, or NFD as macOS has it) matters.
bool belongs_to(std::string_view sidecar, std::string_view primary);
/// Whether it is the metadata (`…_MTL.txt`) of the Landsat scene that `primary` is, or is a band of.
bool is_scene_metadata(std::string_view file_name, std::string_view primary);

/// Whether the name promises data, readable here or not: `scene.tif`, `scene.ecw`. Of what cannot be read and does not
/// promise any (`README`, `scene.qml`) nobody expects an item.
bool promises_data(std::string_view file_name);
/// What file managers leave beside files: `._scene.tif`, `.DS_Store`, `Thumbs.db`, …
bool is_litter(std::string_view file_name);

/// A file of an upload session.
struct SentFile {
    std::string name;
    bool is_data = false; ///< its content is data that can be read, or its name promises some
};

/// One primary file and what was sent with it, as indices into the list that was grouped.
struct FileGroup {
    std::size_t primary = 0;
    std::vector<std::size_t> sidecars;   ///< serve the reading of it
    std::vector<std::size_t> companions; ///< lie beside it: `scene.tif.xml`, `scene.sbn`, `scene_MTL.txt`
};

struct Grouping {
    std::vector<FileGroup> groups;     ///< in the order of the primaries; empty: there is no data at all
    std::vector<std::size_t> left_out; ///< neither data nor beside some
};

/// Groups the files of an upload session. A sidecar that fits several primaries (`scene.aux.xml` beside `scene.tif` and
/// `scene.jp2`) goes to all of them, a companion to those whose name it continues furthest. InvalidArgument for a name
/// that is there twice.
Result<Grouping> group_files(const std::vector<SentFile>& files);

/// The asset key of a sidecar or companion: its suffix (`aux.xml`, `shp.xml`, `mtl.txt`), as it is unique within a
/// group in the common case.
std::string sidecar_key(std::string_view sidecar, std::string_view primary);
/// The media type of a companion, by its name.
std::string_view companion_media_type(std::string_view file_name);

/// The name under which a worker sees a sidecar of `primary_safe_name` (`input.tif`): `input.tif.aux.xml`,
/// `input.tfw`, `input.tif.ovr`, `input_MTL.txt`. Empty if a worker needs no such file.
std::string safe_sidecar_name(std::string_view sidecar, std::string_view primary_safe_name);

} // namespace landfall::imagery

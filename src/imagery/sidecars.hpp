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
/// Case does not matter.
bool belongs_to(std::string_view sidecar, std::string_view primary);

/// One primary file and what serves it, as indices into the list that was grouped.
struct FileGroup {
    std::size_t primary = 0;
    std::vector<std::size_t> sidecars;
};

/// Groups the file names of an upload session, in the order of the primaries. A sidecar that fits several primaries
/// (`scene.aux.xml` beside `scene.tif` and `scene.jp2`) goes to all of them. InvalidArgument naming every file that is
/// a sidecar of nothing, or a duplicate.
Result<std::vector<FileGroup>> group_files(const std::vector<std::string>& file_names);

/// The asset key of a sidecar: its suffix (`aux.xml`), as it is unique within a group in the common case.
std::string sidecar_key(std::string_view sidecar);

/// The name under which a worker sees a sidecar of `primary_safe_name` (`input.tif`): `input.tif.aux.xml`,
/// `input.tfw`, `input.tif.ovr`. Empty if the name is no sidecar.
std::string safe_sidecar_name(std::string_view sidecar, std::string_view primary_safe_name);

} // namespace landfall::imagery

#pragma once
/// From an upload's files in a private folder to the one file that GDAL may open: content checked, archives unpacked,
/// sidecars vetted.

#include "imagery/sniff.hpp"
#include "imagery/tasks.hpp"
#include "raster/open/crs.hpp"
#include "raster/open/tiff_structure.hpp"
#include "raster/open/zip_archive.hpp"
#include "raster/vocabulary.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::raster {

struct SourceRequest {
    std::string folder;                ///< private to this work; unpacked files are written here
    std::string file;                  ///< name in `folder`: `sniff`'s safe_name
    std::vector<std::string> sidecars; ///< names in `folder`, from `safe_sidecar_name`
    std::string original_name;         ///< as the user sent it, for messages
    RasterLimits raster_limits;
    ZipLimits zip_limits;
    GivenCrs given_crs;
};

/// Of files as a task names them.
SourceRequest source_request(const std::string& folder, const WorkerFiles& files);

struct Source {
    Sniffed what;           ///< of the file to open; never an archive
    std::string path;       ///< of the file to open
    std::string media_type; ///< of the uploaded primary: the archive's, if it was one
    std::string stem;       ///< name for what is inside, from the file or the archive's entry
    std::optional<TiffStructure> tiff;
    std::string prj_text;       ///< content of a .prj sidecar; may be empty
    GivenCrs given_crs;         ///< as requested
    std::string scene_metadata; ///< content of a Landsat scene's `_MTL.txt`; may be empty
    std::vector<std::string> warnings;
};

/// Checks and prepares. InvalidArgument with a sentence for the user if the file cannot be used, Internal if the folder
/// cannot be read or written.
Result<Source> prepare_source(const SourceRequest& request);

} // namespace landfall::raster

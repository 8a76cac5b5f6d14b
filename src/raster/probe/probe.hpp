#pragma once
/// The probe: everything Landfall learns of one uploaded file before it becomes an item. Runs in a sandboxed worker.

#include "imagery/facts.hpp"
#include "raster/open/drivers.hpp"
#include "raster/open/source.hpp"
#include "raster/probe/block_scan.hpp"
#include "raster/probe/vector_probe.hpp"
#include "raster/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <string>
#include <vector>

namespace landfall::raster {

struct ProbeBudgets {
    RasterLimits raster;
    ZipLimits zip;
    ScanBudgets scan;
    VectorBudgets vector;
};

struct ProbeRequest {
    std::string folder;                ///< private; unpacked files are written here
    std::string file;                  ///< name in `folder`, from `sniff`: `input.tif`
    std::vector<std::string> sidecars; ///< names in `folder`, from `safe_sidecar_name`
    std::string original_name;         ///< as the user sent it: untrusted text
    bool categorical_hint = false;     ///< the user said that the values are classes
    GivenCrs given_crs;
    ProbeBudgets budgets;
};

/// Probes one primary file, raster or vector, packed or not. InvalidArgument with a sentence for the user if it cannot
/// be used, Canceled if `progress` says so, Internal if the folder cannot be read.
Result<Facts> probe(const ProbeRequest& request, const Progress& progress);

/// Opens the raster of a prepared source: its only image, or of a netCDF file the variable that `probe` reports.
/// InvalidArgument with a sentence for the user. `warnings` gets what was left out.
Result<DatasetHandle> open_source_raster(const Source& source, std::vector<std::string>& warnings);

} // namespace landfall::raster

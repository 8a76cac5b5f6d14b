#pragma once
/// What a sandboxed worker can be asked to do with rasters and vectors: JSON in, JSON out.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace landfall::raster {

/// Reports a share 0..1 and a stage name; false means stop.
using Progress = std::function<bool(double, std::string_view)>;

/// Probes one primary file. `arguments`: {file, sidecars: [name], original_name, categorical_hint, budgets?}, where
/// the names are those that lie in `folder`. Answers `to_json(Facts)`. InvalidArgument with a sentence for the user if
/// the file cannot be used, Canceled if `progress` says so.
Result<Json> probe_task(const std::string& folder, const Json& arguments, const Progress& progress);

} // namespace landfall::raster

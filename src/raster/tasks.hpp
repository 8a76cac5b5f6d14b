#pragma once
/// How a sandboxed worker does the tasks of imagery/tasks.hpp with files of its private folder. Each stops with
/// Canceled if `progress` says so.

#include "imagery/analysis/measure_task.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/pixel_tasks.hpp"
#include "imagery/tasks.hpp"
#include "imagery/vector_task.hpp"
#include "raster/vocabulary.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace landfall::raster {

/// Reports a share 0..1 and a stage name; false means stop.
using Progress = std::function<bool(double, std::string_view)>;

/// See imagery::kProbe.
Result<Facts> probe_task(const std::string& folder, const ProbeArguments& arguments, const Progress& progress);

/// Makes `folder/output.tif`. A file with ground control points only is warped into their coordinate system; of a file
/// of several variables the first georeferenced one is taken.
Result<CogAnswer> cog_task(const std::string& folder, const CogArguments& arguments, const Progress& progress);

/// See imagery::kClip. Makes `folder/output.tif`.
Result<CogAnswer> clip_task(const std::string& folder, const ClipArguments& arguments, const Progress& progress);

/// Makes `folder/thumbnail.<format>`.
Result<ThumbnailAnswer> thumbnail_task(const std::string& folder, const ThumbnailArguments& arguments,
                                       const Progress& progress);

/// See imagery::kExport. Makes `folder/export.<format>` or `folder/output.tif`.
Result<ExportAnswer> export_task(const std::string& folder, const ExportArguments& arguments, const Progress& progress);
/// See imagery::kReadPoints.
Result<PointAnswer> points_task(const std::string& folder, const PointArguments& arguments, const Progress& progress);

/// See imagery::kMeasure and imagery::kDrawBox.
Result<MeasureAnswer> measure_task(const std::string& folder, const MeasureArguments& arguments,
                                   const Progress& progress);
Result<BoxPictureAnswer> box_picture_task(const std::string& folder, const BoxPictureArguments& arguments,
                                          const Progress& progress);

/// See imagery::kDrawVectorTile. Makes `folder/tile.mvt`.
Result<VectorTileAnswer> vector_tile_task(const std::string& folder, const VectorTileArguments& arguments,
                                          const Progress& progress);

/// See imagery::kFindCrs and imagery::kReadCrs.
Result<CrsList> find_crs_task(const std::string& folder, const CrsQuery& query, const Progress& progress);
Result<CrsName> read_crs_task(const std::string& folder, const CrsText& text, const Progress& progress);

/// See imagery::kDigestContent.
Result<ContentDigest> digest_content_task(const std::string& folder, const CodedFile& coded, const Progress& progress);

} // namespace landfall::raster

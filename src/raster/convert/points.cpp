#include "imagery/pixel_tasks.hpp"
#include "raster/convert/uploaded_raster.hpp"
#include "raster/read/point_values.hpp"
#include "raster/read/wanted_image.hpp"
#include "raster/tasks.hpp"

namespace landfall::raster {

Result<PointAnswer> points_task(const std::string& folder, const PointArguments& arguments,
                                const Progress& /*progress*/) {
    register_drivers();
    const QuietErrors quiet;
    TRY(DatasetHandle dataset, open_uploaded_raster(folder, arguments.view.files));
    TRY(const auto source, SourceImage::make(std::move(dataset)));
    TRY(const ImageSpec spec, wanted_image(*source, arguments.view.rendering, arguments.view.facts));
    return point_values(*source, spec, arguments.points);
}

} // namespace landfall::raster

#pragma once
/// What the server asks workers for of the pixels of one file: a part of it as a file, and values at points.

#include "imagery/point_values.hpp"
#include "imagery/resampling.hpp"
#include "imagery/tasks.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace landfall::imagery {

enum class ExportFormat { Png, Jpeg, Webp, Cog, Npy };
constexpr auto enum_names(schema::Of<ExportFormat>) {
    using enum ExportFormat;
    using Name = schema::EnumName<ExportFormat>;
    return std::array{Name{Png, "png"}, Name{Jpeg, "jpeg"}, Name{Webp, "webp"}, Name{Cog, "cog"}, Name{Npy, "npy"}};
}
/// Whether a format shows the picture; the others hold values.
constexpr bool is_picture(ExportFormat format) {
    return format != ExportFormat::Cog && format != ExportFormat::Npy;
}

/// The most pixels of one export.
inline constexpr std::int64_t kMostExportPixels = 16'777'216;
/// The most bytes of the values of one export.
inline constexpr std::int64_t kMostExportBytes = 256LL << 20;

/// A file, how it is read and how it looks.
struct ViewArguments {
    WorkerFiles files;
    Rendering rendering; ///< for values: without bands and expression all that hold data
    TileFacts facts;
};
constexpr auto describe(schema::Of<ViewArguments>) {
    using A = ViewArguments;
    return schema::fields(schema::field("files", &A::files, {.required = true}),
                          schema::field("rendering", &A::rendering), schema::field("facts", &A::facts));
}

struct ExportArguments {
    ViewArguments view;
    std::array<double, 4> bbox{}; ///< minx, miny, maxx, maxy of `bbox_crs`; of degrees minx > maxx crosses 180
    std::string bbox_crs = "EPSG:4326", crs = "EPSG:4326";
    std::optional<int> width, height;
    std::optional<double> resolution; ///< units of `crs` a pixel
    ExportFormat format = ExportFormat::Png;
    int quality = 82;
    bool has_area = false; ///< the folder holds `kAreaFile`: what lies outside of it is missing
};
constexpr auto describe(schema::Of<ExportArguments>) {
    using A = ExportArguments;
    return schema::fields(
        schema::field("view", &A::view, {.required = true}), schema::field("bbox", &A::bbox, {.required = true}),
        schema::field("bbox_crs", &A::bbox_crs, {.max_length = kMaxCrsText}),
        schema::field("crs", &A::crs, {.max_length = kMaxCrsText}),
        schema::field("width", &A::width, {.min = 1, .sparse = true}),
        schema::field("height", &A::height, {.min = 1, .sparse = true}),
        schema::field("resolution", &A::resolution, {.sparse = true}), schema::field("format", &A::format),
        schema::field("quality", &A::quality), schema::field("has_area", &A::has_area));
}

struct ExportAnswer {
    std::string file; ///< in the folder
    int width = 0, height = 0;
};
constexpr auto describe(schema::Of<ExportAnswer>) {
    using A = ExportAnswer;
    return schema::fields(schema::field("file", &A::file, {.required = true, .min_length = 1, .max_length = 64}),
                          schema::field("width", &A::width, {.required = true, .min = 1}),
                          schema::field("height", &A::height, {.required = true, .min = 1}));
}

struct PointArguments {
    ViewArguments view;
    PointOrder points;
};
constexpr auto describe(schema::Of<PointArguments>) {
    using A = PointArguments;
    return schema::fields(schema::field("view", &A::view, {.required = true}),
                          schema::field("points", &A::points, {.required = true}));
}

/// Makes a picture or a file of values of a window, on a grid of any reference system. InvalidArgument for what does
/// not fit the file, and beyond kMostExportPixels.
inline constexpr schema::TaskSpec<ExportArguments, ExportAnswer> kExport{"export"};
/// Reads the pixels that hold points. InvalidArgument for what does not fit the file.
inline constexpr schema::TaskSpec<PointArguments, PointAnswer> kReadPoints{"points"};

} // namespace landfall::imagery

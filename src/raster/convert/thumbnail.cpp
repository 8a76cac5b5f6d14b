#include "raster/convert/thumbnail.hpp"

#include "raster/convert/uploaded_raster.hpp"
#include "raster/draw/draw_grid.hpp"
#include "raster/tasks.hpp"
#include "raster/vocabulary.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace landfall::raster {
namespace {

constexpr int kMinSide = 16;
constexpr int kMaxSide = 2048;
constexpr double kMaxStretch = 64; ///< of a pixel's sides; beyond it the georeference is not to be believed

/// Width of a pixel on the ground over its height.
double pixel_aspect(GDALDataset& dataset) {
    std::array<double, 6> transform{};
    if (dataset.GetGeoTransform(transform.data()) != CE_None)
        return 1;
    double wide = std::hypot(transform[1], transform[4]), high = std::hypot(transform[2], transform[5]);
    const OGRSpatialReference* const crs = dataset.GetSpatialRef();
    if (crs && crs->IsGeographic()) {
        const double latitude = transform[3] + transform[5] * dataset.GetRasterYSize() / 2.0;
        wide *= std::max(0.1, std::cos(latitude * crs->GetAngularUnits()));
    }
    const double aspect = wide / high;
    return std::isfinite(aspect) && aspect > 0 ? std::clamp(aspect, 1 / kMaxStretch, kMaxStretch) : 1;
}

struct Size {
    int width, height;
};

Size fitted(SourceImage& source, int side) {
    const double wide = source.width() * pixel_aspect(source.dataset()), high = source.height();
    const double most = std::min<double>(side, std::max(source.width(), source.height()));
    const double factor = most / std::max(wide, high);
    const auto whole = [](double value) { return std::max(1, static_cast<int>(std::lround(value))); };
    return {whole(wide * factor), whole(high * factor)};
}

Status write_file(const std::string& path, const std::string& bytes) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        return fail_internal("cannot write " + path);
    return {};
}

} // namespace

Result<Picture> draw_thumbnail(SourceImage& source, const Rendering& rendering, const TileFacts& facts, int side) {
    const Size size = fitted(source, std::clamp(side, kMinSide, kMaxSide));
    const double across = static_cast<double>(source.width()) / size.width;
    const double down = static_cast<double>(source.height()) / size.height;
    Grid grid{"", {0, across, 0, 0, 0, down}, size.width, size.height};
    Rendering look = rendering;
    if (!look.algorithm.empty()) {
        // Slopes need metres; where nothing tells them the values themselves are shown.
        if (auto own = source.grid()) {
            const auto& t = own->transform;
            grid.crs = own->crs;
            grid.transform = {t[0], t[1] * across, t[2] * down, t[3], t[4] * across, t[5] * down};
        } else {
            look.algorithm.clear();
        }
    }
    return draw_grid(source, look, facts, grid);
}

Result<ThumbnailAnswer> thumbnail_task(const std::string& folder, const ThumbnailArguments& arguments,
                                       const Progress& progress) {
    register_drivers();
    const QuietErrors quiet; // the answer is a sentence of ours, never GDAL's
    if (!progress(0, "thumbnail"))
        return fail(Code::Canceled, "The thumbnail was canceled.");
    TRY(DatasetHandle dataset, open_uploaded_raster(folder, arguments.files));
    TRY(auto source, SourceImage::make(std::move(dataset)));
    TRY(const Picture picture, draw_thumbnail(*source, arguments.rendering, arguments.facts, arguments.size));
    Encoder encoder;
    TRY(const std::string bytes, encoder.encode(picture, arguments.format, arguments.quality));
    const std::string output = fmt::format("thumbnail.{}", schema::enum_text(arguments.format));
    CHECK_OK(write_file(folder + "/" + output, bytes));
    if (!progress(1, "thumbnail"))
        return fail(Code::Canceled, "The thumbnail was canceled.");
    return ThumbnailAnswer{output, arguments.format, picture.width, picture.height};
}

} // namespace landfall::raster

#include "raster/convert/export_grid.hpp"

#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"

#include <fmt/format.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr int kPiecesOfAnEdge = 32;
constexpr double kHair = 1e-6; ///< of a pixel

struct Box {
    double min_x, min_y, max_x, max_y;
};

Result<CrsHandle> known_crs(const std::string& text, const char* field) {
    CrsHandle crs = crs_from_text(text);
    if (crs)
        return crs;
    return fail_field(field, "The coordinate reference system is none that is known; crs.search finds its code.");
}

/// The box around the outline of a box in another system.
Result<Box> transformed(const Box& box, const OGRSpatialReference& from, const OGRSpatialReference& to,
                        const char* field) {
    const QuietErrors quiet;
    const TransformationHandle way(OGRCreateCoordinateTransformation(&from, &to));
    std::vector<double> x, y;
    for (int i = 0; i <= kPiecesOfAnEdge; ++i) {
        const double share = static_cast<double>(i) / kPiecesOfAnEdge;
        const double across = box.min_x + (box.max_x - box.min_x) * share;
        const double up = box.min_y + (box.max_y - box.min_y) * share;
        for (const auto& [px, py] : {std::pair(across, box.min_y), std::pair(across, box.max_y),
                                     std::pair(box.min_x, up), std::pair(box.max_x, up)}) {
            x.push_back(px);
            y.push_back(py);
        }
    }
    std::vector<int> good(x.size(), 0);
    if (way)
        way->Transform(static_cast<int>(x.size()), x.data(), y.data(), nullptr, good.data());
    Box out{HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (good[i] == 0 || !std::isfinite(x[i]) || !std::isfinite(y[i]))
            return fail_field(field, "The box reaches where the other coordinate reference system has no coordinates; "
                                     "make it smaller.");
        out = {std::min(out.min_x, x[i]), std::min(out.min_y, y[i]), std::max(out.max_x, x[i]),
               std::max(out.max_y, y[i])};
    }
    return out;
}

/// Of the source at its middle, in units of another system.
Result<double> source_resolution(SourceImage& source, const OGRSpatialReference& crs) {
    TRY(const Grid own, source.grid());
    const CrsHandle ours = crs_from_text(own.crs);
    const double column = own.width / 2.0, row = own.height / 2.0;
    const Box pixel{own.x_of(column, row), std::min(own.y_of(column, row), own.y_of(column, row + 1)),
                    own.x_of(column + 1, row), std::max(own.y_of(column, row), own.y_of(column, row + 1))};
    if (ours && ours->IsSame(&crs) != 0)
        return std::sqrt(std::abs(own.transform[1] * own.transform[5] - own.transform[2] * own.transform[4]));
    if (!ours)
        return fail_internal("a source has a reference system that can't be read again");
    TRY(const Box there,
        transformed({std::min(pixel.min_x, pixel.max_x), pixel.min_y, std::max(pixel.min_x, pixel.max_x), pixel.max_y},
                    *ours, crs, "crs"));
    return std::sqrt((there.max_x - there.min_x) * (there.max_y - there.min_y));
}

/// The source's own pixels that a box touches, if its grid is upright and of that system.
std::optional<Grid> own_pixels(SourceImage& source, const OGRSpatialReference& crs, const Box& box) {
    const auto own = source.grid();
    const CrsHandle ours = own ? crs_from_text(own->crs) : CrsHandle();
    if (!ours || ours->IsSame(&crs) == 0 || own->transform[2] != 0 || own->transform[4] != 0)
        return std::nullopt;
    const double left = (box.min_x - own->transform[0]) / own->transform[1];
    const double right = (box.max_x - own->transform[0]) / own->transform[1];
    const double top = (box.max_y - own->transform[3]) / own->transform[5];
    const double bottom = (box.min_y - own->transform[3]) / own->transform[5];
    constexpr double kFarthest = 1e9;
    for (const double value : {left, right, top, bottom})
        if (!(std::abs(value) < kFarthest))
            return std::nullopt;
    const int x0 = static_cast<int>(std::floor(std::min(left, right) + kHair));
    const int x1 = static_cast<int>(std::ceil(std::max(left, right) - kHair));
    const int y0 = static_cast<int>(std::floor(std::min(top, bottom) + kHair));
    const int y1 = static_cast<int>(std::ceil(std::max(top, bottom) - kHair));
    return own->window(x0, y0, std::max(1, x1 - x0), std::max(1, y1 - y0));
}

tl::unexpected<Error> too_large(double width, double height) {
    return fail_field("bbox",
                      fmt::format("The export would have {:.0f} x {:.0f} pixels, of which there are at most {}; "
                                  "ask for fewer (width, height, resolution), or have processing.create cut it "
                                  "out by a job (cog_clip)",
                                  width, height, kMostExportPixels));
}

Result<Grid> sized(const Box& box, double width, double height, const std::string& crs) {
    width = std::max(1.0, std::round(width));
    height = std::max(1.0, std::round(height));
    if (!(width * height <= static_cast<double>(kMostExportPixels)))
        return too_large(width, height);
    return Grid{crs,
                {box.min_x, (box.max_x - box.min_x) / width, 0, box.max_y, 0, -(box.max_y - box.min_y) / height},
                static_cast<int>(width),
                static_cast<int>(height)};
}

} // namespace

Result<Grid> export_grid(SourceImage& source, const ExportArguments& wanted) {
    TRY(const CrsHandle from, known_crs(wanted.bbox_crs, "bbox_crs"));
    TRY(const CrsHandle to, known_crs(wanted.crs, "crs"));
    Box box{wanted.bbox[0], wanted.bbox[1], wanted.bbox[2], wanted.bbox[3]};
    const double around = from->IsGeographic() != 0 ? world_width(*from) : 0;
    if (around > 0 && box.min_x > box.max_x)
        box.max_x += around;
    if (!(box.min_x < box.max_x && box.min_y < box.max_y))
        return fail_field("bbox", "A box is west, south, east, north, with south below north.");
    if (from->IsSame(to.get()) == 0) {
        TRY(box, transformed(box, *from, *to, "bbox"));
    }
    const double across = box.max_x - box.min_x, up = box.max_y - box.min_y;
    if (wanted.width || wanted.height) {
        const double width = wanted.width ? *wanted.width : *wanted.height * across / up;
        const double height = wanted.height ? *wanted.height : *wanted.width * up / across;
        return sized(box, width, height, wanted.crs);
    }
    if (wanted.resolution) {
        if (!(*wanted.resolution > 0))
            return fail_field("resolution", "A resolution is a positive number of units of crs.");
        return sized(box, across / *wanted.resolution, up / *wanted.resolution, wanted.crs);
    }
    if (const auto own = own_pixels(source, *to, box)) {
        if (static_cast<double>(own->width) * own->height > static_cast<double>(kMostExportPixels))
            return too_large(own->width, own->height);
        return *own;
    }
    TRY(const double resolution, source_resolution(source, *to));
    return sized(box, across / resolution, up / resolution, wanted.crs);
}

} // namespace landfall::raster

#include "geo/area.hpp"
#include "imagery/clip_task.hpp"
#include "imagery/pixel_tasks.hpp"
#include "raster/convert/cog.hpp"
#include "raster/convert/export_grid.hpp"
#include "raster/convert/image_writer.hpp"
#include "raster/convert/npy.hpp"
#include "raster/convert/uploaded_raster.hpp"
#include "raster/draw/draw_grid.hpp"
#include "raster/draw/drawing.hpp"
#include "raster/draw/encode.hpp"
#include "raster/read/pixel_area.hpp"
#include "raster/read/wanted_image.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

namespace landfall::raster {
namespace {

constexpr int kPartSide = 1024; ///< pixels of the export that are made at once

tl::unexpected<Error> canceled() {
    return fail(Code::Canceled, "The export was canceled.");
}

Result<std::optional<PixelArea>> read_area(const std::string& folder, const ExportArguments& arguments,
                                           const Grid& grid) {
    if (!arguments.has_area)
        return std::optional<PixelArea>();
    std::ifstream file(fmt::format("{}/{}", folder, imagery::kAreaFile), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    TRY(const Json json, Json::parse(text.str()));
    TRY(const geo::Area area, geo::parse_area(json, "aoi"));
    return PixelArea::make(area, grid, std::nullopt).map([](PixelArea made) { return std::optional(std::move(made)); });
}

/// The windows of a grid, row by row.
std::vector<LevelRect> parts_of(const Grid& grid) {
    std::vector<LevelRect> parts;
    for (int y = 0; y < grid.height; y += kPartSide)
        for (int x = 0; x < grid.width; x += kPartSide)
            parts.push_back({x, y, std::min(kPartSide, grid.width - x), std::min(kPartSide, grid.height - y)});
    return parts;
}

/// One export in its folder.
class Exporter {
public:
    Exporter(const std::string& folder, SourceImage& source, const ExportArguments& arguments, const Progress& progress)
        : folder_(folder), source_(source), arguments_(arguments), progress_(progress) {}

    Result<ExportAnswer> run() {
        TRY(grid_, export_grid(source_, arguments_));
        TRY(area_, read_area(folder_, arguments_, grid_));
        if (imagery::is_picture(arguments_.format)) {
            TRY(const std::string file, draw());
            return ExportAnswer{file, grid_.width, grid_.height};
        }
        TRY(spec_, value_spec());
        TRY(const std::string file, arguments_.format == ExportFormat::Npy ? write_npy() : write_tiff());
        return ExportAnswer{file, grid_.width, grid_.height};
    }

private:
    using Take = std::function<Status(Image& part, const LevelRect& where)>;

    Status each_part(const std::function<Result<Image>(const Grid&)>& read, const Take& take) {
        const auto parts = parts_of(grid_);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const LevelRect& where = parts[i];
            TRY(Image part, read(grid_.window(where.x, where.y, where.width, where.height)));
            if (area_ && (!part.packed.empty() || !part.masks.empty()))
                keep_inside(*area_, where, part);
            CHECK_OK(take(part, where));
            if (!progress_(0.8 * static_cast<double>(i + 1) / static_cast<double>(parts.size()), "export"))
                return canceled();
        }
        return {};
    }

    void paint(const Picture& drawn, const LevelRect& where, Picture& picture) const {
        for (int row = 0; row < where.height; ++row)
            std::copy_n(drawn.pixels.begin() + static_cast<std::ptrdiff_t>(row) * where.width, where.width,
                        picture.pixels.begin() + static_cast<std::ptrdiff_t>(where.y + row) * grid_.width + where.x);
    }

    Status draw_bands(Picture& picture) {
        TRY(const Drawing drawing, plan_drawing(source_, arguments_.view.rendering, arguments_.view.facts));
        return each_part([&](const Grid& grid) { return read_image(source_, drawing.image, grid); },
                         [&](Image& part, const LevelRect& where) -> Status {
                             if (!part.empty)
                                 paint(colorize(part, drawing.coloring, drawing.channels), where, picture);
                             return {};
                         });
    }

    /// Algorithms look beyond the part, so what lies outside of the area is hidden last.
    Status draw_algorithm(Picture& picture) {
        const auto parts = parts_of(grid_);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const LevelRect& where = parts[i];
            TRY(Picture drawn, draw_grid(source_, arguments_.view.rendering, arguments_.view.facts,
                                         grid_.window(where.x, where.y, where.width, where.height)));
            const Mask inside = area_ ? area_->inside(where) : Mask();
            for (std::size_t pixel = 0; pixel < inside.size() && !drawn.pixels.empty(); ++pixel)
                drawn.pixels[pixel] = inside[pixel] != 0 ? drawn.pixels[pixel] : 0;
            if (!drawn.pixels.empty())
                paint(drawn, where, picture);
            if (!progress_(0.8 * static_cast<double>(i + 1) / static_cast<double>(parts.size()), "export"))
                return canceled();
        }
        return {};
    }

    Result<std::string> draw() {
        Picture picture{grid_.width, grid_.height, std::vector<std::uint32_t>(grid_.pixels(), 0)};
        CHECK_OK(arguments_.view.rendering.algorithm.empty() ? draw_bands(picture) : draw_algorithm(picture));
        Encoder encoder;
        const TileFormat format = arguments_.format == ExportFormat::Png    ? TileFormat::Png
                                  : arguments_.format == ExportFormat::Jpeg ? TileFormat::Jpeg
                                                                            : TileFormat::Webp;
        TRY(const std::string bytes, encoder.encode(picture, format, arguments_.quality));
        const std::string name = fmt::format("export.{}", schema::enum_text(arguments_.format));
        std::ofstream out(folder_ + "/" + name, std::ios::binary | std::ios::trunc);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        return out ? Result<std::string>(name) : fail_internal("an export can't be written");
    }

    Result<ImageSpec> value_spec() const {
        const ViewArguments& view = arguments_.view;
        TRY(ImageSpec spec, wanted_image(source_, view.rendering, view.facts));
        double bytes = 0;
        for (const int band : spec.read.bands)
            bytes += static_cast<double>(source_.sample_bytes(band));
        bytes = (is_computed(spec) ? sizeof(float) : bytes) * static_cast<double>(grid_.pixels());
        if (bytes > static_cast<double>(kMostExportBytes))
            return fail_field("bbox", fmt::format("The export would hold {:.0f} MiB of values, of which there are at "
                                                  "most {}; ask for fewer pixels or bands, or have processing.create "
                                                  "cut it out by a job (cog_clip)",
                                                  bytes / (1 << 20), kMostExportBytes >> 20));
        return spec;
    }

    /// Whether the values are floats that no band holds.
    bool is_computed(const ImageSpec& spec) const {
        return spec.expression.has_value() || !arguments_.view.rendering.algorithm.empty();
    }

    Result<Image> read(const Grid& grid) {
        const ViewArguments& view = arguments_.view;
        return view.rendering.algorithm.empty() ? read_values(source_, spec_, grid)
                                                : terrain_values(source_, view.rendering, view.facts, grid);
    }

    Layout layout() {
        Layout layout = layout_of(source_, spec_.read.bands, grid_, spec_.read.alpha_is_data);
        if (is_computed(spec_)) {
            layout.bands.clear();
            layout.planes = 1;
            layout.type = "Float32";
            layout.is_signed_byte = false;
            layout.validity = {};
        }
        const bool floats = layout.type == "Float32" || layout.type == "Float64";
        if (spec_.read.nodata)
            layout.validity.nodata = spec_.read.nodata;
        if (floats && !layout.validity.nodata)
            layout.validity = {.nodata = std::numeric_limits<double>::quiet_NaN()};
        // Bands that are told apart by values of their own share a mask here; what is missing has no value to keep.
        layout.validity.has_mask = !layout.validity.nodata && layout.validity.alpha == 0;
        layout.validity.marks_missing = layout.validity.nodata.has_value();
        return layout;
    }

    Result<std::string> write_tiff() {
        const Layout layout = this->layout();
        TRY(ImageWriter writer,
            ImageWriter::make(folder_ + "/values.tif", layout, is_computed(spec_) ? nullptr : &source_));
        CHECK_OK(
            each_part([&](const Grid& grid) { return read(grid); },
                      [&](Image& part, const LevelRect& where) { return writer.write(part, where.x, where.y, {}); }));
        TRY(DatasetHandle values, writer.finish());
        CogArguments cog;
        cog.categorical = spec_.read.categorical;
        cog.alpha_is_data = spec_.read.alpha_is_data;
        cog.threads = 1;
        return write_cog(folder_, std::move(values), cog, Loss::None, {progress_, "convert", 0.8, 0.2})
            .map([](const CogAnswer& made) { return made.file; });
    }

    Result<std::string> write_npy() {
        NpyWriter writer(grid_.width, grid_.height);
        CHECK_OK(each_part([&](const Grid& grid) { return read(grid); },
                           [&](Image& part, const LevelRect& where) -> Status {
                               writer.take(part, where);
                               return {};
                           }));
        CHECK_OK(writer.write(folder_ + "/export.npy"));
        return std::string("export.npy");
    }

    const std::string& folder_;
    SourceImage& source_;
    const ExportArguments& arguments_;
    const Progress& progress_;
    Grid grid_;
    std::optional<PixelArea> area_;
    ImageSpec spec_;
};

} // namespace

Result<ExportAnswer> export_task(const std::string& folder, const ExportArguments& arguments,
                                 const Progress& progress) {
    register_drivers();
    const QuietErrors quiet;
    TRY(DatasetHandle dataset, open_uploaded_raster(folder, arguments.view.files));
    TRY(const auto source, SourceImage::make(std::move(dataset)));
    return Exporter(folder, *source, arguments, progress).run();
}

} // namespace landfall::raster

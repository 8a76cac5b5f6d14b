#include "geo/area.hpp"
#include "imagery/clip_task.hpp"
#include "raster/convert/cog.hpp"
#include "raster/convert/image_writer.hpp"
#include "raster/convert/uploaded_raster.hpp"
#include "raster/read/pixel_area.hpp"
#include "raster/read/read_image.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

namespace landfall::raster {
namespace {

constexpr double kCutting = 0.5; ///< of the whole task; the rest is making the COG

tl::unexpected<Error> canceled() {
    return fail(Code::Canceled, "The clip was canceled.");
}

Result<geo::Area> read_area(const std::string& folder) {
    std::ifstream file(fmt::format("{}/{}", folder, imagery::kAreaFile), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        return fail_internal("the area of a clip is not in its folder");
    TRY(const Json json, Json::parse(text.str()));
    return geo::parse_area(json, "aoi_geometry");
}

std::optional<geo::Bounds> ground_of(const ClipArguments& arguments) {
    if (!arguments.ground_bounds)
        return std::nullopt;
    const auto& [west, south, east, north] = *arguments.ground_bounds;
    return geo::Bounds{west, south, east, north};
}

/// A window of the source, and the column of the output at which it begins: one around the world comes in two.
struct Piece {
    LevelRect window;
    int column = 0;
};

std::vector<Piece> pieces_of(const LevelRect& window, int width) {
    std::vector<Piece> pieces;
    if (window.x < width)
        pieces.push_back({{window.x, window.y, std::min(window.width, width - window.x), window.height}, 0});
    const int begin = std::max(window.x, width), end = window.x + window.width;
    if (end > width)
        pieces.push_back({{begin - width, window.y, end - begin, window.height}, begin - window.x});
    return pieces;
}

/// Cuts an area out of a source.
class Cutter {
public:
    Cutter(SourceImage& source, const PixelArea& area, const LevelRect& window, const ClipArguments& arguments)
        : source_(source), area_(area), window_(window) {
        spec_.read.bands.resize(static_cast<std::size_t>(source.band_count()));
        std::iota(spec_.read.bands.begin(), spec_.read.bands.end(), 1);
        spec_.read.alpha_is_data = arguments.alpha_is_data;
    }

    double bytes() const {
        double a_pixel = 0;
        for (const int band : spec_.read.bands)
            a_pixel += static_cast<double>(source_.sample_bytes(band));
        return a_pixel * window_.width * window_.height;
    }
    const std::vector<int>& bands() const { return spec_.read.bands; }

    /// Calls `take(part, column, row, outside)` for all of the window, in rows of blocks; what is outside is hidden,
    /// and marked in `outside`. `report` gets the share that is done, and tells whether to go on.
    template<typename Take, typename Report>
    Status walk(const Take& take, const Report& report) const {
        double done = 0;
        for (const Piece& piece : pieces_of(window_, source_.width()))
            for (const LevelRect& from : walk_parts(source_, spec_, piece.window)) {
                LevelRect where = from;
                where.x += window_.x + piece.column - piece.window.x;
                Mask outside = area_.inside(where);
                TRY(Image part, part_of(from, outside));
                for (std::size_t i = 0; i < outside.size(); ++i)
                    outside[i] = outside[i] == 0 ? 1 : 0;
                CHECK_OK(take(part, where.x - window_.x, where.y - window_.y, outside));
                done += static_cast<double>(from.width) * from.height;
                if (!report(done / (static_cast<double>(window_.width) * window_.height)))
                    return canceled();
            }
        return {};
    }

private:
    /// Blocks that the area misses are not read.
    Result<Image> part_of(const LevelRect& from, const Mask& inside) const {
        if (!any_valid(inside)) {
            TRY(Image one, read_window(source_, spec_, {from.x, from.y, 1, 1}));
            return blank_like(one, from);
        }
        TRY(Image part, read_window(source_, spec_, from));
        for (Mask& mask : part.masks)
            for (std::size_t i = 0; i < mask.size(); ++i)
                mask[i] = inside[i] == 0 ? 0 : mask[i];
        return part;
    }

    static Image blank_like(const Image& like, const LevelRect& shape) {
        Image blank;
        blank.grid = like.grid;
        blank.grid.width = shape.width;
        blank.grid.height = shape.height;
        blank.bands = like.bands;
        for (const Samples& plane : like.planes)
            blank.planes.push_back(std::visit(
                [&](const auto& values) { return Samples(std::decay_t<decltype(values)>(blank.grid.pixels())); },
                plane));
        blank.masks.assign(1, Mask(blank.grid.pixels(), 0));
        return blank;
    }

    SourceImage& source_;
    const PixelArea& area_;
    LevelRect window_;
    ImageSpec spec_;
};

/// The least and greatest valid values, and whether there are any pixels of the area at all.
struct Found {
    std::array<double, 2> extremes{HUGE_VAL, -HUGE_VAL};
};

Status find_extremes(const Cutter& cutter, Found& found, const Progress& progress) {
    return cutter.walk(
        [&](const Image& part, int, int, const Mask&) -> Status {
            for (std::size_t plane = 0; plane < part.planes.size(); ++plane)
                for (std::size_t i = 0; i < part.mask(plane).size(); ++i)
                    if (part.mask(plane)[i] != 0) {
                        const double value = value_at(part.planes[plane], i);
                        found.extremes = {std::min(found.extremes[0], value), std::max(found.extremes[1], value)};
                    }
            return {};
        },
        [&](double) { return progress(0, "look"); });
}

Result<DatasetHandle> cut_out(const std::string& folder, SourceImage& source, const Cutter& cutter, const Grid& grid,
                              const ClipArguments& arguments, const Progress& progress) {
    Layout layout = layout_of(source, cutter.bands(), grid, arguments.alpha_is_data);
    if (needs_extremes(layout)) {
        Found found;
        CHECK_OK(find_extremes(cutter, found, progress));
        settle_by_extremes(source, found.extremes, layout);
    }
    TRY(ImageWriter writer, ImageWriter::make(folder + "/cut.tif", layout, &source));
    CHECK_OK(cutter.walk([&](const Image& part, int column, int row,
                             const Mask& outside) { return writer.write(part, column, row, outside); },
                         [&](double share) { return progress(share * kCutting, "cut"); }));
    return writer.finish();
}

} // namespace

Result<CogAnswer> clip_task(const std::string& folder, const ClipArguments& arguments, const Progress& progress) {
    register_drivers();
    const QuietErrors quiet;
    if (!progress(0, "open"))
        return canceled();
    TRY(const geo::Area ground, read_area(folder));
    TRY(DatasetHandle dataset, open_uploaded_raster(folder, arguments.files));
    TRY(const auto source, SourceImage::make(std::move(dataset)));
    TRY(const Grid grid, source->grid());
    TRY(const PixelArea area, PixelArea::make(ground, grid, ground_of(arguments)));
    const auto window = area.window();
    if (!window)
        return fail(Code::InvalidArgument, "The area holds the centre of no pixel of the raster; draw it larger, or "
                                           "over the ground that the raster covers");
    const Cutter cutter(*source, area, *window, arguments);
    if (cutter.bytes() > static_cast<double>(arguments.most_bytes))
        return fail(
            Code::InvalidArgument,
            fmt::format("The area takes {} x {} pixels, {:.1f} GiB of values, of which a clip has at most {:.1f} "
                        "GiB; clip smaller areas one by one",
                        window->width, window->height, cutter.bytes() / (1 << 30),
                        static_cast<double>(arguments.most_bytes) / (1 << 30)));
    TRY(DatasetHandle cut,
        cut_out(folder, *source, cutter, grid.window(window->x, window->y, window->width, window->height), arguments,
                progress));
    CogArguments cog;
    cog.files = arguments.files;
    cog.categorical = arguments.categorical;
    cog.alpha_is_data = arguments.alpha_is_data;
    cog.threads = arguments.threads;
    return write_cog(folder, std::move(cut), cog, Loss::None, {progress, "convert", kCutting, 1 - kCutting});
}

} // namespace landfall::raster

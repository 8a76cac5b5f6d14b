#include "raster/analyse/measure.hpp"

#include "raster/analyse/coverage.hpp"
#include "raster/analyse/zone_summary.hpp"
#include "raster/read/pixel_area.hpp"
#include "raster/read/wanted_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr double kMostColumns = 1e9;

/// The fractions of pixels that belong to a zone, a row at a time.
class Membership {
public:
    virtual ~Membership() = default;
    /// `column` may lie beyond the width of a grid around the world.
    virtual void fill(int row, int column, std::span<double> fractions) = 0;
};

class Everything final : public Membership {
public:
    void fill(int, int, std::span<double> fractions) override { std::ranges::fill(fractions, 1.0); }
};

class Covered final : public Membership {
public:
    explicit Covered(const PixelArea& area) : coverage_(area.polygons()) {}
    void fill(int row, int column, std::span<double> fractions) override { coverage_.fill(row, column, fractions); }

private:
    Coverage coverage_;
};

class Centred final : public Membership {
public:
    explicit Centred(const PixelArea& area) : area_(area) {}
    void fill(int row, int column, std::span<double> fractions) override {
        const Mask inside = area_.inside({column, row, static_cast<int>(fractions.size()), 1});
        std::ranges::transform(inside, fractions.begin(), [](std::uint8_t mark) { return mark != 0 ? 1.0 : 0.0; });
    }

private:
    const PixelArea& area_;
};

/// The pixels that polygons touch at all; nothing if these lie beside the grid.
std::optional<LevelRect> touched(const PixelArea& area, const Grid& grid) {
    const Coverage::Extent extent = Coverage(area.polygons()).extent();
    const auto whole = [](double value) { return std::clamp(value, -kMostColumns, kMostColumns); };
    const auto centres = extent.max_x > grid.width ? area.window() : std::nullopt;
    const bool around = centres && centres->x + centres->width > grid.width;
    const int right = around ? 2 * grid.width : grid.width;
    const int x0 = std::max(0, static_cast<int>(std::floor(whole(extent.min_x))));
    const int x1 = std::min(right, static_cast<int>(std::ceil(whole(extent.max_x))));
    const int y0 = std::max(0, static_cast<int>(std::floor(whole(extent.min_y))));
    const int y1 = std::min(grid.height, static_cast<int>(std::ceil(whole(extent.max_y))));
    return x0 < x1 && y0 < y1 ? std::optional(LevelRect{x0, y0, x1 - x0, y1 - y0}) : std::nullopt;
}

/// A window of the source, and the column by which the zone counts its first one: one around the world comes in two.
struct Piece {
    LevelRect window;
    int column = 0;
};

std::vector<Piece> pieces_of(const LevelRect& window, int width) {
    std::vector<Piece> pieces;
    const int end = window.x + window.width;
    if (window.x < width)
        pieces.push_back({{window.x, window.y, std::min(end, width) - window.x, window.height}, window.x});
    const int begin = std::max(window.x, width);
    if (end > begin)
        pieces.push_back({{begin - width, window.y, end - begin, window.height}, begin});
    return pieces;
}

class Measurer {
public:
    Measurer(SourceImage& source, const MeasureArguments& arguments, ImageSpec spec, const std::function<bool()>& go_on)
        : source_(source), arguments_(arguments), spec_(std::move(spec)), go_on_(go_on) {}

    Result<MeasureAnswer> run(const std::vector<geo::Area>& zones) {
        answer_.bands = spec_.expression ? std::vector<int>{0} : spec_.read.bands;
        if (arguments_.whole) {
            CHECK_OK(measure_all());
            return std::move(answer_);
        }
        TRY(const Grid grid, source_.grid());
        for (const geo::Area& zone : zones)
            CHECK_OK(measure_zone(zone, grid));
        return std::move(answer_);
    }

private:
    std::size_t planes() const { return answer_.bands.size(); }

    Status measure_all() {
        const double pixels = static_cast<double>(source_.width()) * source_.height();
        Everything all;
        if (arguments_.max_pixels && static_cast<double>(*arguments_.max_pixels) < pixels) {
            answer_.approximate = true;
            ImageSpec coarse = spec_;
            coarse.read.as_float = true;
            const auto side = static_cast<int>(std::sqrt(static_cast<double>(*arguments_.max_pixels)));
            TRY(const Image image, read_sample(source_, coarse, std::max(1, side)));
            begin_zone();
            CHECK_OK(take(image, {0, 0, image.grid.width, image.grid.height}, 0, all));
        } else {
            CHECK_OK(spend(pixels));
            begin_zone();
            CHECK_OK(walk({{0, 0, source_.width(), source_.height()}, 0}, all));
        }
        end_zone();
        return {};
    }

    Status measure_zone(const geo::Area& zone, const Grid& grid) {
        TRY(const PixelArea area, PixelArea::make(zone, grid, ground()));
        const auto window = touched(area, grid);
        answer_.zones.emplace_back();
        if (!window)
            return {};
        const double pixels = static_cast<double>(window->width) * window->height;
        if (arguments_.max_pixels && static_cast<double>(*arguments_.max_pixels) < pixels)
            return measure_coarse(zone, grid, *window);
        CHECK_OK(spend(pixels));
        answer_.zones.pop_back();
        begin_zone();
        CHECK_OK(walk_all(pieces_of(*window, grid.width), area));
        end_zone();
        return {};
    }

    Status walk_all(const std::vector<Piece>& pieces, const PixelArea& area) {
        const auto members = membership(area);
        for (const Piece& piece : pieces)
            CHECK_OK(walk(piece, *members));
        return {};
    }

    /// On pixels so large that no more than wanted are read.
    Status measure_coarse(const geo::Area& zone, const Grid& grid, const LevelRect& window) {
        answer_.approximate = true;
        answer_.zones.pop_back();
        const double pixels = static_cast<double>(window.width) * window.height;
        const double factor = std::sqrt(pixels / static_cast<double>(*arguments_.max_pixels));
        Grid coarse = grid.window(window.x, window.y, std::max(1, static_cast<int>(window.width / factor)),
                                  std::max(1, static_cast<int>(window.height / factor)));
        const double across = static_cast<double>(window.width) / coarse.width;
        const double down = static_cast<double>(window.height) / coarse.height;
        for (const std::size_t i : {1U, 4U})
            coarse.transform[i] *= across;
        for (const std::size_t i : {2U, 5U})
            coarse.transform[i] *= down;
        ImageSpec spec = spec_;
        spec.read.as_float = true;
        TRY(const Image image, read_image(source_, spec, coarse));
        TRY(const PixelArea area, PixelArea::make(zone, coarse, ground()));
        begin_zone();
        const auto members = membership(area);
        if (!image.empty)
            CHECK_OK(take(image, {0, 0, coarse.width, coarse.height}, 0, *members));
        end_zone();
        return {};
    }

    std::unique_ptr<Membership> membership(const PixelArea& area) const {
        if (arguments_.pixels == imagery::ZonePixels::Centred)
            return std::make_unique<Centred>(area);
        return std::make_unique<Covered>(area);
    }

    std::optional<geo::Bounds> ground() const {
        if (!arguments_.ground_bounds)
            return std::nullopt;
        const auto& [west, south, east, north] = *arguments_.ground_bounds;
        return geo::Bounds{west, south, east, north};
    }

    Status spend(double pixels) {
        spent_ += pixels * static_cast<double>(std::max<std::size_t>(1, spec_.read.bands.size()));
        if (spent_ > static_cast<double>(imagery::kMostMeasuredPixels))
            return fail_field(arguments_.whole ? "max_pixels" : "geometry",
                              fmt::format("More than {} million values are not measured while a caller waits. Give "
                                          "max_pixels, fewer bands or smaller areas, or start a job by "
                                          "processing.create.",
                                          imagery::kMostMeasuredPixels >> 20));
        return {};
    }

    Status walk(const Piece& piece, Membership& members) {
        return walk_window(source_, spec_, piece.window, [&](const Image& part, const LevelRect& where) -> Status {
            if (!go_on_())
                return fail(Code::Canceled, "The measurement was canceled.");
            return take(part, where, piece.column - piece.window.x, members);
        });
    }

    /// `shift`: from columns of the source to those of the zone.
    Status take(const Image& part, const LevelRect& where, int shift, Membership& members) {
        if (bands_.empty())
            for (const Samples& plane : part.planes)
                bands_.emplace_back(plane);
        std::vector<double> fractions(static_cast<std::size_t>(where.width));
        for (int row = 0; row < where.height; ++row) {
            members.fill(where.y + row, where.x + shift, fractions);
            const auto begin = std::ranges::find_if(fractions, [](double share) { return share > 0; });
            if (begin == fractions.end())
                continue;
            const auto end = std::find_if(fractions.rbegin(), fractions.rend(), [](double share) { return share > 0; });
            const auto skipped = static_cast<std::size_t>(begin - fractions.begin());
            const std::span<const double> used(begin, end.base());
            const std::size_t first = static_cast<std::size_t>(row) * fractions.size() + skipped;
            for (std::size_t plane = 0; plane < part.planes.size() && plane < bands_.size(); ++plane)
                CHECK_OK(bands_[plane].add(part.planes[plane], part.mask(plane), first, used));
        }
        return {};
    }

    void begin_zone() { bands_.clear(); }

    void end_zone() {
        MeasuredZone zone;
        zone.touches = true;
        for (std::size_t i = 0; i < planes(); ++i)
            zone.bands.push_back(i < bands_.size() ? bands_[i].finish(arguments_) : MeasuredBand{});
        answer_.zones.push_back(std::move(zone));
    }

    SourceImage& source_;
    const MeasureArguments& arguments_;
    ImageSpec spec_;
    const std::function<bool()>& go_on_;
    std::vector<ZoneSummary> bands_; ///< of the present zone
    double spent_ = 0;               ///< values
    MeasureAnswer answer_;
};

} // namespace

Result<MeasureAnswer> measure(SourceImage& source, const MeasureArguments& arguments,
                              const std::vector<geo::Area>& zones, const std::function<bool()>& go_on) {
    TRY(ImageSpec spec, wanted_image(source, arguments.rendering, arguments.facts));
    return Measurer(source, arguments, std::move(spec), go_on).run(zones);
}

} // namespace landfall::raster

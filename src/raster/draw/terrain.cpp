#include "raster/draw/terrain.hpp"

#include "raster/open/crs.hpp"

#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

constexpr double kDegree = M_PI / 180;
constexpr double kMetresOfLatitude = 111'132;  ///< a degree's, on average
constexpr double kMetresOfLongitude = 111'320; ///< a degree's, at the equator
constexpr double kSphere = 6'378'137;          ///< of map tiles, metres
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
constexpr double kLeastCosine = 0.01; ///< nearer to a pole nothing is told of slopes

/// Metres of one unit of a grid's reference system, east and north, by row.
class GroundScale {
public:
    static Result<GroundScale> make(const Grid& grid) {
        GroundScale scale;
        scale.grid_ = grid;
        if (grid.crs == kWebMercator) {
            scale.is_mercator_ = scale.is_spherical_ = true;
            return scale;
        }
        const CrsHandle crs = crs_from_text(grid.crs);
        if (!crs)
            return fail(Code::InvalidArgument, "Slopes need a raster with a coordinate reference system.");
        scale.is_geographic_ = crs->IsGeographic() != 0;
        const char* const projection = crs->GetAttrValue("PROJECTION");
        const std::string_view name = projection == nullptr ? "" : projection;
        scale.is_mercator_ = name.starts_with("Mercator");
        scale.unit_ = scale.is_geographic_ ? crs->GetAngularUnits() / kDegree : crs->GetLinearUnits();
        if (scale.is_mercator_)
            scale.to_lonlat_ = to_lonlat(*crs);
        return scale;
    }

    std::array<double, 2> at_row(int row) const {
        if (!is_geographic_ && !is_mercator_)
            return {unit_, unit_};
        double x = grid_.x_of(grid_.width / 2.0, row + 0.5), y = grid_.y_of(grid_.width / 2.0, row + 0.5);
        double latitude = y * unit_;
        if (is_spherical_)
            latitude = std::atan(std::sinh(y / kSphere)) / kDegree;
        else if (is_mercator_)
            latitude = to_lonlat_ && to_lonlat_->Transform(1, &x, &y) != 0 ? y : 0;
        const double narrow = std::max(kLeastCosine, std::cos(latitude * kDegree));
        if (is_mercator_)
            return {unit_ * narrow, unit_ * narrow};
        return {unit_ * kMetresOfLongitude * narrow, unit_ * kMetresOfLatitude};
    }

private:
    Grid grid_;
    TransformationHandle to_lonlat_;
    bool is_geographic_ = false, is_mercator_ = false;
    bool is_spherical_ = false; ///< the Mercator of map tiles, which needs no look-up
    double unit_ = 1;
};

/// The values around each pixel of a padded image.
class Neighbourhood {
public:
    explicit Neighbourhood(const Image& padded)
        : values_(padded.floats(0)), mask_(padded.mask(0)), width_(static_cast<std::size_t>(padded.grid.width)) {}

    bool is_valid(std::size_t at) const { return mask_[at] != 0 && std::isfinite(values_[at]); }

    /// Differences over eight pixels: right minus left, lower minus upper. False if the middle is missing.
    bool differences(std::size_t at, double& across, double& down) const {
        if (!is_valid(at))
            return false;
        const std::array<std::size_t, 8> around{at - width_ - 1, at - width_,     at - width_ + 1, at - 1,
                                                at + 1,          at + width_ - 1, at + width_,     at + width_ + 1};
        std::array<double, 8> v{};
        const double middle = static_cast<double>(values_[at]);
        for (std::size_t i = 0; i < v.size(); ++i) {
            const std::size_t opposite = around[7 - i];
            if (is_valid(around[i]))
                v[i] = static_cast<double>(values_[around[i]]);
            else
                v[i] = is_valid(opposite) ? 2 * middle - static_cast<double>(values_[opposite]) : middle;
        }
        across = (v[2] + 2 * v[4] + v[7]) - (v[0] + 2 * v[3] + v[5]);
        down = (v[5] + 2 * v[6] + v[7]) - (v[0] + 2 * v[1] + v[2]);
        return true;
    }

    double value(std::size_t at) const { return static_cast<double>(values_[at]); }
    /// The place of a pixel of the image within.
    std::size_t inner(int column, int row) const {
        return static_cast<std::size_t>(row + 1) * width_ + static_cast<std::size_t>(column) + 1;
    }

private:
    const std::vector<float>& values_;
    const Mask& mask_;
    std::size_t width_;
};

struct Inner {
    int width, height;
    std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

Inner inner_of(const Image& padded) {
    return {padded.grid.width - 2, padded.grid.height - 2};
}

/// The sine of the light's height above the slope, below 0 in its own shadow.
double light_on(double east, double north, double azimuth, double altitude) {
    return (std::sin(altitude) - std::cos(altitude) * (east * std::sin(azimuth) + north * std::cos(azimuth))) /
           std::sqrt(1 + east * east + north * north);
}

double shade_of(double light) {
    return light <= 0 ? 1 : 1 + 254 * light;
}

double shade_from_four(double east, double north, double altitude) {
    const double steep = east * east + north * north;
    if (steep == 0)
        return shade_of(std::sin(altitude));
    const double x = -east, y = north;
    const double w225 = 0.5 * steep - x * y, w270 = x * x, w315 = steep - w225, w360 = y * y;
    const auto from = [&](double azimuth) { return std::max(0.0, light_on(east, north, azimuth * kDegree, altitude)); };
    return 1 + 127 * (w225 * from(225) + w270 * from(270) + w315 * from(315) + w360 * from(360)) / steep;
}

template<typename Function>
std::vector<float> each_slope(const Slopes& slopes, const Function& function) {
    std::vector<float> out(slopes.east.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto east = static_cast<double>(slopes.east[i]), north = static_cast<double>(slopes.north[i]);
        out[i] = std::isnan(east) ? kMissing : static_cast<float>(function(east, north));
    }
    return out;
}

} // namespace

Result<Slopes> slopes_of(const Image& padded, double z_factor) {
    TRY(const GroundScale scale, GroundScale::make(padded.grid));
    const Neighbourhood around(padded);
    const Inner inner = inner_of(padded);
    const auto& t = padded.grid.transform;
    const double determinant = t[1] * t[5] - t[2] * t[4];
    constexpr double kPixels = 8; // over which the differences are taken
    Slopes slopes{std::vector<float>(inner.pixels(), kMissing), std::vector<float>(inner.pixels(), kMissing)};
    for (int row = 0, i = 0; row < inner.height; ++row) {
        const auto [east, north] = scale.at_row(row + 1);
        for (int column = 0; column < inner.width; ++column, ++i) {
            double across = 0, down = 0;
            if (!around.differences(around.inner(column, row), across, down))
                continue;
            const double rise = z_factor / (kPixels * determinant);
            slopes.east[static_cast<std::size_t>(i)] = static_cast<float>((across * t[5] - down * t[4]) * rise / east);
            slopes.north[static_cast<std::size_t>(i)] =
                static_cast<float>((down * t[1] - across * t[2]) * rise / north);
        }
    }
    return slopes;
}

std::vector<float> hillshade(const Slopes& slopes, const TerrainParams& light) {
    const double azimuth = light.azimuth * kDegree, altitude = light.altitude * kDegree;
    if (light.multidirectional)
        return each_slope(slopes, [&](double east, double north) { return shade_from_four(east, north, altitude); });
    return each_slope(slopes,
                      [&](double east, double north) { return shade_of(light_on(east, north, azimuth, altitude)); });
}

std::vector<float> slope_degrees(const Slopes& slopes) {
    return each_slope(slopes, [](double east, double north) { return std::atan(std::hypot(east, north)) / kDegree; });
}

std::vector<float> aspect_degrees(const Slopes& slopes) {
    return each_slope(slopes, [](double east, double north) {
        if (east == 0 && north == 0)
            return std::numeric_limits<double>::quiet_NaN();
        const double degrees = std::atan2(-east, -north) / kDegree;
        return degrees < 0 ? degrees + 360 : degrees;
    });
}

Rgba shaded(Rgba color, double shade, double flat) {
    constexpr double kDarkest = 0.35, kLightest = 0.3;
    const double dark = shade < flat ? kDarkest + (1 - kDarkest) * shade / flat : 1;
    const double light = shade > flat && flat < 1 ? kLightest * (shade - flat) / (1 - flat) : 0;
    Rgba out = color & 0xFF000000U;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const double channel = (color >> shift & 255) * dark;
        out |= static_cast<Rgba>(std::lround(channel + (255 - channel) * light)) << shift;
    }
    return out;
}

Picture draw_contours(const Image& padded, double interval, double base) {
    constexpr std::uint32_t kLine = rgba(0x7a, 0x4a, 0x1e, 0);
    constexpr double kEvery = 5, kThin = 0.55, kThick = 0.9; // half widths, pixels
    constexpr double kThinAlpha = 190, kThickAlpha = 255;
    const Neighbourhood around(padded);
    const Inner inner = inner_of(padded);
    Picture picture{inner.width, inner.height, std::vector<std::uint32_t>(inner.pixels(), 0)};
    for (int row = 0, i = 0; row < inner.height; ++row)
        for (int column = 0; column < inner.width; ++column, ++i) {
            double across = 0, down = 0;
            const std::size_t at = around.inner(column, row);
            if (!around.differences(at, across, down))
                continue;
            const double steep = std::hypot(across, down) / 8;
            const double level = std::round((around.value(at) - base) / interval);
            const double off = std::abs(around.value(at) - base - level * interval);
            const bool strong = std::fmod(level, kEvery) == 0;
            const double soft = steep > 0 ? (strong ? kThick : kThin) + 0.5 - off / steep : 0;
            const double alpha = std::clamp(soft, 0.0, 1.0) * (strong ? kThickAlpha : kThinAlpha);
            if (alpha >= 1)
                picture.pixels[static_cast<std::size_t>(i)] = kLine | static_cast<std::uint32_t>(alpha) << 24;
        }
    return picture;
}

double contour_interval(double low, double high) {
    constexpr double kLines = 20;
    const double wanted = std::max(high - low, 1e-9) / kLines;
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    for (const double step : {1.0, 2.0, 5.0})
        if (step * power >= wanted)
            return step * power;
    return 10 * power;
}

Rgba terrain_rgb(double metres) {
    constexpr double kDepth = 10'000, kTenths = 10, kMost = (1 << 24) - 1;
    const double tenths = std::isfinite(metres) ? std::round((metres + kDepth) * kTenths) : kDepth * kTenths;
    const auto code = static_cast<std::uint32_t>(std::clamp(tenths, 0.0, kMost));
    return rgba(code >> 16 & 255, code >> 8 & 255, code & 255);
}

} // namespace landfall::raster

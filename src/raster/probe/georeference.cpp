#include "raster/probe/georeference.hpp"

#include "raster/open/cf_grid.hpp"
#include "raster/open/drivers.hpp"
#include "raster/open/rational_model.hpp"
#include "raster/probe/globe_plane.hpp"

#include <fmt/format.h>
#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

/// A thin-plate spline solves a dense system of this many points in well under a second.
constexpr int kMaxSplinePoints = 400;
constexpr int kMaxControlPoints = 10'000;

struct TransformerDeleter {
    void operator()(void* transformer) const { GDALDestroyTransformer(transformer); }
};
using TransformerHandle = std::unique_ptr<void, TransformerDeleter>;

bool is_usable(const std::array<double, 6>& t) {
    return std::all_of(t.begin(), t.end(), [](double v) { return std::isfinite(v) && std::abs(v) < 1e15; }) &&
           std::abs(t[1] * t[5] - t[2] * t[4]) > 1e-30;
}

Point map_pixel(const std::array<double, 6>& t, Point pixel) {
    return {t[0] + pixel.x * t[1] + pixel.y * t[2], t[3] + pixel.x * t[4] + pixel.y * t[5]};
}

bool says_degrees(GDALDataset& dataset, std::initializer_list<const char*> names, std::string_view unit) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) {
        const char* const value = dataset.GetMetadataItem(fmt::format("{}#units", name).c_str());
        return value != nullptr && std::string_view(value).substr(0, unit.size()) == unit;
    });
}

class Reader {
public:
    Reader(GDALDataset& dataset, const std::string& prj_text, const GivenCrs& given)
        : dataset_(dataset), prj_text_(prj_text), given_(given) {}

    Georeference read() {
        rational_ = read_rational_model(dataset_);
        if (rational_ == nullptr)
            read_transform();
        read_crs();
        if (!out_.transform && !out_.gcps_only && rational_ == nullptr) {
            warn(why_no_place());
            return std::move(out_);
        }
        set_native_bbox();
        if (crs_ == nullptr) {
            warn("The file does not name its coordinate reference system, so it cannot be put on a map. Set it, for "
                 "example with gdal_edit.py -a_srs, or add a .prj file.");
            return std::move(out_);
        }
        if (!out_.crs.on_earth) {
            warn(fmt::format("The coordinate reference system \"{}\" is not one of the Earth, so the file has no place "
                             "on the map.",
                             out_.crs.name));
            return std::move(out_);
        }
        locate();
        return std::move(out_);
    }

private:
    void warn(std::string_view sentence) { out_.warnings.emplace_back(sentence); }

    std::string_view why_no_place() const {
        const GDALDriver* const driver = dataset_.GetDriver();
        const bool is_netcdf = driver != nullptr && std::string_view(driver->GetDescription()) == "netCDF";
        switch (is_netcdf ? read_cf_grid(dataset_).axes : CfGrid::Axes::Unknown) {
        case CfGrid::Axes::TwoDimensional:
            return "The coordinates of the variable are two-dimensional (one for each pixel, as of a swath), so it is "
                   "no grid that can be put on a map. Grid it, for example with gdalwarp -geoloc "
                   "NETCDF:file.nc:variable grid.tif, and upload that.";
        case CfGrid::Axes::Uneven:
            return "The coordinates of the variable are unevenly spaced, so it is no grid that can be put on a map. "
                   "Interpolate it to even steps of both coordinates, for example with cdo remapbil, as the CF "
                   "conventions describe grids, and upload that.";
        default:
            break;
        }
        if (is_netcdf)
            return "The variable has no georeference, so it cannot be put on a map. Give it coordinates and a grid "
                   "mapping by the CF conventions, or upload it as GeoTIFF.";
        return "The file has no georeference, so it cannot be put on a map. Upload a GeoTIFF with a geotransform, or "
               "add a world file and a .prj file.";
    }

    void read_transform() {
        std::array<double, 6> t{};
        if (dataset_.GetGeoTransform(t.data()) == CE_None) {
            const std::array<double, 6> none = {0, 1, 0, 0, 0, 1};
            if (is_usable(t) && (t != none || dataset_.GetSpatialRef() != nullptr))
                out_.transform = t;
            else if (!is_usable(t))
                warn("The geotransform of the file is degenerate and was ignored.");
        }
        if (!out_.transform)
            out_.gcps_only = dataset_.GetGCPCount() >= 3 && dataset_.GetGCPCount() <= kMaxControlPoints;
    }

    void read_crs() {
        if (rational_ != nullptr) {
            crs_ = wgs84();
            out_.crs = describe_crs(*crs_);
            warn("The file is placed by a camera model (RPC) on level ground, so it may lie off where the terrain is "
                 "not. "
                 "Orthorectify it, for example with gdalwarp -rpc and an elevation model, to place it exactly.");
            return;
        }
        const OGRSpatialReference* found = out_.gcps_only ? dataset_.GetGCPSpatialRef() : dataset_.GetSpatialRef();
        const bool declared = (found != nullptr && found->IsEmpty() == 0) || !prj_text_.empty();
        crs_ = given_.instead(declared);
        out_.crs_is_given = crs_ != nullptr;
        if (!out_.crs_is_given)
            read_declared(found);
        if (crs_ == nullptr && out_.transform && says_degrees(dataset_, {"lon", "longitude", "x"}, "degrees_east") &&
            says_degrees(dataset_, {"lat", "latitude", "y"}, "degrees_north")) {
            crs_ = wgs84();
            warn("The file names no coordinate reference system; its axes are degrees east and north, so WGS 84 was "
                 "taken.");
        }
        if (crs_ == nullptr)
            return;
        out_.crs = describe_crs(*crs_);
        if (declared && !out_.crs_is_given && !given_.text.empty())
            warn(fmt::format("The file declares its coordinate reference system, \"{}\", so the given one was not "
                             "taken; items.set_crs replaces it.",
                             out_.crs.name));
        if (const auto code = contradicted_code(*crs_))
            warn(fmt::format(
                "The file defines \"{0}\" otherwise than EPSG:{1} does; its own definition was taken. If the "
                "picture lies in the wrong place, set the code with gdal_edit.py -a_srs EPSG:{1}.",
                out_.crs.name, *code));
    }

    void read_declared(const OGRSpatialReference* found) {
        if (found != nullptr)
            crs_ = copy_crs(*found);
        else if (!prj_text_.empty())
            crs_ = crs_from_prj(prj_text_);
        out_.crs_from_prj = found == nullptr && crs_ != nullptr;
    }

    PlaneBox pixels() const {
        return {0, 0, static_cast<double>(dataset_.GetRasterXSize()), static_cast<double>(dataset_.GetRasterYSize())};
    }

    void set_native_bbox() {
        if (!out_.transform)
            return;
        std::array<double, 4> box = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
        for (const Point corner : corners_of(pixels())) {
            const Point at = map_pixel(*out_.transform, corner);
            box = {std::min(box[0], at.x), std::min(box[1], at.y), std::max(box[2], at.x), std::max(box[3], at.y)};
        }
        out_.native_bbox = box;
    }

    void make_transformer() {
        const int count = dataset_.GetGCPCount();
        const GDAL_GCP* const points = dataset_.GetGCPs();
        if (count <= kMaxSplinePoints)
            transformer_.reset(GDALCreateTPSTransformer(count, points, FALSE));
        if (transformer_ == nullptr)
            transformer_.reset(GDALCreateGCPTransformer(count, points, 0, FALSE));
    }

    /// Through the camera model or the control points, from pixels to the plane or back.
    std::optional<Point> through_model(Point at, bool back) const {
        double z = 0;
        int success = 0;
        const int way = back ? TRUE : FALSE;
        const int done = rational_ != nullptr
                             ? GDALRPCTransform(rational_.get(), way, 1, &at.x, &at.y, &z, &success)
                             : GDALUseTransformer(transformer_.get(), way, 1, &at.x, &at.y, &z, &success);
        if (done == 0 || success == 0)
            return std::nullopt;
        return at;
    }

    std::optional<Point> to_globe(Point pixel) const {
        const auto at = out_.transform ? map_pixel(*out_.transform, pixel) : through_model(pixel, false);
        return at ? plane_->to_lonlat(*at) : std::nullopt;
    }

    std::optional<Point> from_globe(Point lonlat) const {
        const auto at = plane_->from_lonlat(lonlat);
        if (!at || !out_.transform)
            return at ? through_model(*at, true) : std::nullopt;
        return map_pixel(to_pixel_, *at);
    }

    /// The way from pixels to the globe, if there is one.
    bool find_way() {
        if (out_.gcps_only)
            make_transformer();
        if (out_.gcps_only && transformer_ == nullptr)
            return false;
        GlobePlane::Extent extent;
        if (out_.transform) {
            auto forward = *out_.transform;
            if (GDALInvGeoTransform(forward.data(), to_pixel_.data()) == 0)
                return false;
            extent.centre_x = ((*out_.native_bbox)[0] + (*out_.native_bbox)[2]) / 2;
            extent.half_cell = std::hypot(forward[4], forward[5]) / 2;
        } else if (const auto centre = through_model({pixels()[2] / 2, pixels()[3] / 2}, false)) {
            extent.centre_x = centre->x;
        }
        plane_ = GlobePlane::make(*crs_, extent);
        return plane_ != nullptr;
    }

    void locate() {
        if (!find_way()) {
            warn(
                fmt::format("No way is known from the coordinate reference system \"{}\" to longitude and latitude, so "
                            "the file has no place on the map.",
                            out_.crs.name));
            return;
        }
        out_.footprint = trace_footprint(pixels(), {[this](Point pixel) { return to_globe(pixel); },
                                                    [this](Point lonlat) { return from_globe(lonlat); }});
        if (!out_.footprint)
            warn("The georeference of the file leads outside the globe, so it has no place on the map. Check its "
                 "geotransform and coordinate reference system.");
        else if (out_.footprint->approximate)
            warn("Part of the raster lies where its coordinate reference system is not defined; its footprint is a box "
                 "around the rest.");
        set_gsd();
    }

    /// The root of the area that one pixel at the centre covers; at a pole, of one half way to a corner.
    void set_gsd() {
        const double width = dataset_.GetRasterXSize();
        const double height = dataset_.GetRasterYSize();
        for (const double share : {0.5, 0.25}) {
            const Point centre = {width * share, height * share};
            const auto left = to_globe({centre.x - 0.5, centre.y});
            const auto right = to_globe({centre.x + 0.5, centre.y});
            const auto above = to_globe({centre.x, centre.y - 0.5});
            const auto below = to_globe({centre.x, centre.y + 0.5});
            if (!left || !right || !above || !below || std::abs(left->y) > 89.5)
                continue;
            const double gsd = std::sqrt(ground_distance(*left, *right) * ground_distance(*above, *below));
            if (std::isfinite(gsd) && gsd > 0) {
                out_.gsd = gsd;
                return;
            }
        }
    }

    GDALDataset& dataset_;
    const std::string& prj_text_;
    const GivenCrs& given_;
    Georeference out_;
    CrsHandle crs_;
    RationalModel rational_;
    TransformerHandle transformer_;
    std::array<double, 6> to_pixel_{}; ///< the transform's inverse
    std::unique_ptr<GlobePlane> plane_;
};

} // namespace

Georeference read_georeference(GDALDataset& dataset, const std::string& prj_text, const GivenCrs& given) {
    const QuietErrors quiet;
    return Reader(dataset, prj_text, given).read();
}

} // namespace landfall::raster

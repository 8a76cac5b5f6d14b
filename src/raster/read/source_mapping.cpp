#include "raster/open/crs.hpp"
#include "raster/open/rational_model.hpp"
#include "raster/read/warp_grid.hpp"

#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <limits>

namespace landfall::raster {
namespace {

constexpr int kMaxSplinePoints = 400; ///< a spline costs the cube of its points to solve and each to evaluate

struct TransformDeleter {
    void operator()(OGRCoordinateTransformation* transform) const { OGRCoordinateTransformation::DestroyCT(transform); }
};

} // namespace

struct SourceMapping::Impl {
    std::unique_ptr<OGRCoordinateTransformation, TransformDeleter> transform;
    std::array<double, 6> to_pixel{};
    double period = 0, centre_x = 0; ///< of the source's x axis, in its units; 0: does not repeat
    double target_period = 0;        ///< of the other side's
    void* gcp_transformer = nullptr;
    GDALTransformerFunc gcp_function = nullptr;
    RationalModel rational; ///< what gcp_transformer is, if there is one

    Impl() = default;
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (gcp_transformer && !rational)
            GDALDestroyTransformer(gcp_transformer);
    }

    Status set_crs(const OGRSpatialReference* crs, const std::string& from) {
        if (!crs || crs->IsEmpty() || crs->IsLocal())
            return fail(Code::InvalidArgument,
                        "The file has no coordinate reference system, so it has no place on a map. "
                        "Upload it with one, for example with a .prj or .aux.xml file.");
        const CrsHandle target = crs_from_text(from);
        if (!target)
            return fail_field("crs",
                              "The coordinate reference system is none that is known; crs.search finds its code.");
        OGRSpatialReference source(*crs);
        target->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        source.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        transform.reset(OGRCreateCoordinateTransformation(target.get(), &source));
        if (!transform)
            return fail(Error{Code::InvalidArgument, "The file's coordinate reference system can't be related to that "
                                                     "of the map."}
                            .because(CPLGetLastErrorMsg()));
        period = raster::world_width(source);
        target_period = raster::world_width(*target);
        return {};
    }

    Status set_affine(GDALDataset& dataset) {
        std::array<double, 6> forward{};
        if (dataset.GetGeoTransform(forward.data()) != CE_None || !GDALInvGeoTransform(forward.data(), to_pixel.data()))
            return fail(Code::InvalidArgument, "The file has no georeference, so it has no place on a map.");
        centre_x =
            forward[0] + forward[1] * dataset.GetRasterXSize() / 2.0 + forward[2] * dataset.GetRasterYSize() / 2.0;
        return {};
    }

    void set_rational(GDALDataset& dataset) {
        gcp_transformer = rational.get();
        gcp_function = GDALRPCTransform;
        double x = dataset.GetRasterXSize() / 2.0, y = dataset.GetRasterYSize() / 2.0, z = 0;
        int fine = 0;
        if (GDALRPCTransform(gcp_transformer, FALSE, 1, &x, &y, &z, &fine) != 0 && fine != 0)
            centre_x = x;
    }

    Status set_points(GDALDataset& dataset) {
        const int count = dataset.GetGCPCount();
        const GDAL_GCP* points = dataset.GetGCPs();
        if (count >= 3 && count <= kMaxSplinePoints) {
            gcp_transformer = GDALCreateTPSTransformer(count, points, FALSE);
            gcp_function = GDALTPSTransform;
        }
        if (!gcp_transformer && count >= 3) {
            gcp_transformer = GDALCreateGCPTransformer(count, points, 0, FALSE);
            gcp_function = GDALGCPTransform;
        }
        if (!gcp_transformer)
            return fail(Code::InvalidArgument, "The file's ground control points don't determine its place on a map.");
        for (int i = 0; i < count; ++i)
            centre_x += points[i].dfGCPX / count;
        return {};
    }
};

SourceMapping::SourceMapping(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SourceMapping::~SourceMapping() = default;

Result<std::unique_ptr<SourceMapping>> SourceMapping::make(GDALDataset& dataset, const std::string& crs) {
    auto impl = std::make_unique<Impl>();
    std::array<double, 6> unused{};
    const bool affine = dataset.GetGeoTransform(unused.data()) == CE_None;
    impl->rational = read_rational_model(dataset);
    if (impl->rational) {
        CHECK_OK(impl->set_crs(wgs84().get(), crs));
        impl->set_rational(dataset);
    } else if (!affine && dataset.GetGCPCount() > 0) {
        CHECK_OK(impl->set_crs(dataset.GetGCPSpatialRef(), crs));
        CHECK_OK(impl->set_points(dataset));
    } else {
        CHECK_OK(impl->set_crs(dataset.GetSpatialRef(), crs));
        CHECK_OK(impl->set_affine(dataset));
    }
    return std::unique_ptr<SourceMapping>(new SourceMapping(std::move(impl)));
}

double SourceMapping::world_width() const {
    return impl_->target_period;
}

void SourceMapping::to_pixels(std::vector<double>& x, std::vector<double>& y) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const std::size_t count = x.size();
    std::vector<int> good(count, 0);
    impl_->transform->Transform(static_cast<int>(count), x.data(), y.data(), nullptr, good.data());
    for (std::size_t i = 0; i < count; ++i) {
        if (!good[i] || !std::isfinite(x[i]) || !std::isfinite(y[i])) {
            x[i] = y[i] = kNone;
            continue;
        }
        // Halves round to even and a hair less counts, so that both ends of a world map stay where they are.
        if (impl_->period > 0)
            x[i] += impl_->period * std::nearbyint((impl_->centre_x - x[i]) / impl_->period * (1 - 1e-9));
        if (impl_->gcp_transformer)
            continue;
        const double east = x[i], north = y[i];
        x[i] = impl_->to_pixel[0] + impl_->to_pixel[1] * east + impl_->to_pixel[2] * north;
        y[i] = impl_->to_pixel[3] + impl_->to_pixel[4] * east + impl_->to_pixel[5] * north;
    }
    if (!impl_->gcp_transformer)
        return;
    std::vector<double> z(count, 0);
    std::vector<int> fine(count, 0);
    std::vector<double> east = x, north = y;
    for (std::size_t i = 0; i < count; ++i)
        if (std::isnan(east[i]))
            east[i] = north[i] = 0;
    impl_->gcp_function(impl_->gcp_transformer, TRUE, static_cast<int>(count), east.data(), north.data(), z.data(),
                        fine.data());
    for (std::size_t i = 0; i < count; ++i) {
        const bool known = !std::isnan(x[i]) && fine[i] && std::isfinite(east[i]) && std::isfinite(north[i]);
        x[i] = known ? east[i] : kNone;
        y[i] = known ? north[i] : kNone;
    }
}

} // namespace landfall::raster

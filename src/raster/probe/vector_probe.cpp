#include "raster/probe/vector_probe.hpp"

#include "core/text.hpp"
#include "geo/longitude_cover.hpp"
#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"
#include "raster/open/vector_source.hpp"
#include "raster/probe/footprint.hpp"
#include "raster/probe/globe_plane.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMaxLayers = 256;
constexpr int kMaxFields = 512;
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kLayerText = 2000; ///< of a layer without its fields, at most
constexpr std::int64_t kReportEvery = 4096;
const std::string kSequence = "GeoJSONSeq";

/// GeoJSON's name of a geometry type; `Geometry` for all and none of them.
std::string type_name(OGRwkbGeometryType type) {
    switch (wkbFlatten(type)) {
    case wkbPoint:
        return "Point";
    case wkbLineString:
        return "LineString";
    case wkbPolygon:
        return "Polygon";
    case wkbMultiPoint:
        return "MultiPoint";
    case wkbMultiLineString:
        return "MultiLineString";
    case wkbMultiPolygon:
        return "MultiPolygon";
    case wkbGeometryCollection:
        return "GeometryCollection";
    default:
        return "Geometry";
    }
}

std::string field_type(const OGRFieldDefn& field) {
    switch (field.GetType()) {
    case OFTInteger:
    case OFTInteger64:
        return field.GetSubType() == OFSTBoolean ? "boolean" : "integer";
    case OFTReal:
        return "number";
    case OFTDate:
        return "date";
    case OFTDateTime:
        return "datetime";
    case OFTBinary:
        return "binary";
    default:
        return "string";
    }
}

/// Adds up what the features of one layer cover.
class Extent {
public:
    void add(const OGRGeometry& geometry) {
        const OGRwkbGeometryType flat = wkbFlatten(geometry.getGeometryType());
        if (OGR_GT_IsSubClassOf(flat, wkbGeometryCollection) != 0) {
            const OGRGeometryCollection& parts = *geometry.toGeometryCollection();
            for (int i = 0; i < parts.getNumGeometries(); ++i)
                add(*parts.getGeometryRef(i));
            return;
        }
        if (geometry.IsEmpty() != 0)
            return;
        OGREnvelope box;
        geometry.getEnvelope(&box);
        vertices_ += count_vertices(geometry);
        if (!std::isfinite(box.MinX) || !std::isfinite(box.MinY) || !std::isfinite(box.MaxX) ||
            !std::isfinite(box.MaxY)) {
            ++broken_;
            return;
        }
        box_.Merge(box);
        longitudes_.add(box.MinX, box.MaxX);
    }

    bool empty() const { return box_.IsInit() == 0; }
    const OGREnvelope& box() const { return box_; }
    const geo::LongitudeCover& longitudes() const { return longitudes_; }
    std::int64_t vertices() const { return vertices_; }
    std::int64_t broken() const { return broken_; }
    void set_box(const OGREnvelope& box) { box_ = box; }

private:
    static std::int64_t count_vertices(const OGRGeometry& geometry) {
        const OGRwkbGeometryType flat = wkbFlatten(geometry.getGeometryType());
        if (flat == wkbLineString || flat == wkbCircularString)
            return geometry.toSimpleCurve()->getNumPoints();
        if (flat != wkbPolygon)
            return 1;
        std::int64_t count = 0;
        for (const OGRLinearRing* const ring : *geometry.toPolygon())
            count += ring->getNumPoints();
        return count;
    }

    OGREnvelope box_;
    geo::LongitudeCover longitudes_;
    std::int64_t vertices_ = 0, broken_ = 0;
};

/// Boxes of layers in degrees, joined.
class GlobeBox {
public:
    void add(const std::array<double, 4>& box) {
        south_ = std::min(south_, box[1]);
        north_ = std::max(north_, box[3]);
        if (box[0] > box[2]) {
            longitudes_.add(box[0], 180);
            longitudes_.add(-180, box[2]);
        } else {
            longitudes_.add(box[0], box[2]);
        }
    }
    std::optional<Footprint> footprint() const {
        const auto ends = longitudes_.shortest();
        if (!ends || south_ > north_)
            return std::nullopt;
        return box_footprint({ends->first, south_, ends->second, north_});
    }

private:
    geo::LongitudeCover longitudes_;
    double south_ = HUGE_VAL, north_ = -HUGE_VAL;
};

class Prober {
public:
    Prober(const Source& source, const VectorBudgets& budgets, const Progress& progress)
        : source_(source), budgets_(budgets), progress_(progress), deadline_(Clock::now() + budgets.time) {}

    Result<Facts> run() {
        TRY(dataset_, open_source_vector(source_, errors_));
        facts_.driver = dataset_->GetDriverName();
        facts_.media_type = facts_.driver == kSequence && source_.what.driver != kSequence ? "application/geo+json-seq"
                                                                                           : source_.media_type;
        facts_.warnings = source_.warnings;
        facts_.vector.emplace().layer_count = dataset_->GetLayerCount();
        const int count = std::min(dataset_->GetLayerCount(), kMaxLayers);
        if (dataset_->GetLayerCount() > kMaxLayers)
            warn(fmt::format("Only the first {} of {} layers were read.", kMaxLayers, dataset_->GetLayerCount()));
        for (int i = 0; i < count; ++i)
            CHECK_OK(read_layer(*dataset_->GetLayer(i)));
        if (facts_.driver == "GPKG")
            tell_rasters();
        if (!complete_)
            warn("The file is large: only part of its features was checked, and its extent is the one it states.");
        if (auto footprint = globe_.footprint()) {
            facts_.geometry = std::move(footprint->geometry);
            facts_.bbox = footprint->bbox;
        } else if (facts_.warnings.empty()) {
            warn("The file holds no geometry that has a place on the map.");
        }
        return std::move(facts_);
    }

private:
    void warn(std::string_view sentence) { facts_.warnings.emplace_back(sentence); }

    /// A GeoPackage may hold pictures beside its features.
    void tell_rasters() {
        OGRLayer* const found =
            dataset_->ExecuteSQL("SELECT table_name FROM gpkg_contents WHERE data_type IN ('tiles', "
                                 "'2d-gridded-coverage') ORDER BY table_name LIMIT 10",
                                 nullptr, nullptr);
        if (found == nullptr)
            return;
        std::string names;
        while (const OGRFeatureUniquePtr row{found->GetNextFeature()})
            names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", clean_utf8(row->GetFieldAsString(0), 200));
        dataset_->ReleaseResultSet(found);
        if (!names.empty())
            warn(fmt::format("The GeoPackage holds rasters beside its features, which were left out: {}. Convert them "
                             "to GeoTIFF with gdal_translate and upload that.",
                             names));
    }

    Status read_layer(OGRLayer& layer) {
        LayerFacts facts;
        facts.name = layer_name(layer, source_);
        list_fields(*layer.GetLayerDefn(), facts);
        Extent extent;
        CHECK_OK(read_features(layer, facts, extent));
        if (extent.broken() > 0)
            warn(fmt::format("{} shapes of layer \"{}\" have coordinates that are not numbers.", extent.broken(),
                             facts.name));
        place(layer, facts, extent);
        if (fits(facts))
            facts_.vector->layers.push_back(std::move(facts));
        return {};
    }

    /// As many as there is room for.
    void list_fields(const OGRFeatureDefn& definition, LayerFacts& facts) {
        facts.field_count = definition.GetFieldCount();
        std::size_t bytes = kLayerText;
        for (int i = 0; i < std::min(definition.GetFieldCount(), kMaxFields); ++i) {
            const OGRFieldDefn& field = *definition.GetFieldDefn(i);
            FieldFacts one{clean_utf8(field.GetNameRef(), kMaxName), field_type(field)};
            bytes += schema::to_json_text(one).size() + 1;
            if (listed_ + bytes > kMaxLayerText)
                break;
            facts.fields.push_back(std::move(one));
        }
    }

    /// Whether the layer can be listed; counts it then.
    bool fits(const LayerFacts& facts) {
        const std::size_t bytes = schema::to_json_text(facts).size() + 1;
        if (listed_ + bytes >= kMaxLayerText)
            return false;
        listed_ += bytes;
        return true;
    }

    bool spent(std::int64_t vertices) const {
        return features_ > budgets_.max_features || vertices_ + vertices > budgets_.max_vertices ||
               Clock::now() > deadline_;
    }

    Status read_features(OGRLayer& layer, LayerFacts& facts, Extent& extent) {
        OGRwkbGeometryType seen = wkbNone;
        bool mixed = false;
        errors_.clear();
        layer.ResetReading();
        while (const OGRFeatureUniquePtr feature{layer.GetNextFeature()}) {
            ++facts.feature_count;
            ++features_;
            if (errors_.failed())
                break;
            if (const OGRGeometry* const geometry = feature->GetGeometryRef(); geometry != nullptr) {
                const OGRwkbGeometryType type = wkbFlatten(geometry->getGeometryType());
                mixed = mixed || (seen != wkbNone && seen != type);
                seen = type;
                extent.add(*geometry);
            }
            if (features_ % kReportEvery == 0 && progress_ && !progress_(0.5, "reading features"))
                return fail(Code::Canceled, "The reading of the file was stopped.");
            if (features_ % 64 == 0 && spent(extent.vertices())) {
                use_stated(layer, facts, extent);
                break;
            }
        }
        vertices_ += extent.vertices();
        if (errors_.failed())
            return fail(
                Error{Code::InvalidArgument,
                      fmt::format("The file is damaged: feature {} of layer \"{}\" cannot be read. Check it with "
                                  "ogrinfo and upload it again.",
                                  facts.feature_count, facts.name)}
                    .because(errors_.text()));
        const OGRwkbGeometryType declared = wkbFlatten(layer.GetGeomType());
        facts.geometry_type = type_name(declared != wkbUnknown ? declared : mixed ? wkbUnknown : seen);
        return {};
    }

    /// Beyond the budgets: what the format itself says of the layer.
    void use_stated(OGRLayer& layer, LayerFacts& facts, Extent& extent) {
        complete_ = false;
        if (const GIntBig count = layer.GetFeatureCount(FALSE); count > facts.feature_count)
            facts.feature_count = count;
        OGREnvelope box;
        if (layer.GetExtent(&box, FALSE) == OGRERR_NONE)
            extent.set_box(box);
        errors_.clear();
    }

    void take_crs(const CrsFacts& crs, const OGREnvelope& box) {
        if (!facts_.crs_wkt.empty())
            return;
        facts_.crs_wkt = crs.wkt;
        facts_.crs_name = crs.name;
        facts_.epsg = crs.epsg;
        facts_.native_bbox = {box.MinX, box.MinY, box.MaxX, box.MaxY};
    }

    void place(OGRLayer& layer, const LayerFacts& facts, const Extent& extent) {
        if (extent.empty())
            return;
        const OGRSpatialReference* crs = layer.GetSpatialRef();
        const CrsHandle given = source_.given_crs.instead(crs != nullptr && crs->IsEmpty() == 0);
        if (given != nullptr) {
            crs = given.get();
            facts_.given_crs = source_.given_crs.text;
        }
        if (crs == nullptr) {
            warn(
                fmt::format("Layer \"{}\" does not name its coordinate reference system, so it cannot be put on a map. "
                            "Add a .prj file or set it with ogr2ogr -a_srs.",
                            facts.name));
            return;
        }
        const CrsFacts described = describe_crs(*crs);
        take_crs(described, extent.box());
        const OGREnvelope& box = extent.box();
        const auto plane = described.on_earth ? GlobePlane::make(*crs, {(box.MinX + box.MaxX) / 2, 0}) : nullptr;
        if (plane == nullptr) {
            warn(fmt::format(R"(The coordinate reference system "{}" of layer "{}" has no place on the Earth.)",
                             described.name, facts.name));
            return;
        }
        const auto ends = extent.longitudes().shortest();
        const bool across = described.geographic && complete_ && box.MinX >= -180 && box.MaxX <= 180 && ends &&
                            ends->first > ends->second;
        add_box(*plane, described.geographic,
                {across ? ends->first : box.MinX, box.MinY, across ? ends->second + 360.0 : box.MaxX, box.MaxY});
    }

    /// Adds a box of the layer's plane; one without width or height is widened, as a footprint has an area.
    void add_box(const GlobePlane& plane, bool geographic, PlaneBox box) {
        const double least = geographic ? 1e-6 : 0.1;
        for (const std::size_t axis : {std::size_t{0}, std::size_t{1}}) {
            if (box[axis + 2] - box[axis] < least) {
                box[axis] -= least / 2;
                box[axis + 2] += least / 2;
            }
        }
        const auto traced = trace_footprint(box, {[&](Point at) { return plane.to_lonlat(at); },
                                                  [&](Point lonlat) { return plane.from_lonlat(lonlat); }});
        if (traced)
            globe_.add(traced->bbox);
        else
            warn("The coordinates of a layer lead outside the globe. Check its coordinate reference system.");
    }

    const Source& source_;
    const VectorBudgets& budgets_;
    const Progress& progress_;
    const Clock::time_point deadline_;
    QuietErrors errors_;
    DatasetHandle dataset_;
    Facts facts_;
    GlobeBox globe_;
    std::int64_t features_ = 0, vertices_ = 0;
    std::size_t listed_ = 2; ///< bytes of JSON, with the brackets around it
    bool complete_ = true;
};

} // namespace

Result<Facts> probe_vector(const Source& source, const VectorBudgets& budgets, const Progress& progress) {
    register_drivers();
    return Prober(source, budgets, progress).run();
}

} // namespace landfall::raster

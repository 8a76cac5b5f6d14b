#include "core/text.hpp"
#include "imagery/vector_task.hpp"
#include "raster/open/vector_source.hpp"
#include "raster/tasks.hpp"
#include "raster/vector/tile_geometry.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>

namespace landfall::raster {
namespace {

constexpr double kHalfWorld = 20037508.342789244; ///< metres of EPSG:3857 from its middle to its edge
constexpr double kMostLatitude = 85.0511287798066;
/// Counted, not timed: a tile must be the same however busy the machine is.
constexpr std::size_t kMostFeatures = 200'000;
constexpr std::size_t kMostPoints = 5'000'000;
constexpr std::size_t kMostBytes = 2 << 20; ///< of a tile, about
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxText = 4096;
constexpr int kDensify = 21;

CrsHandle web_mercator() {
    return crs_from_text("EPSG:3857");
}

/// Where a tile lies.
class TilePlace {
public:
    explicit TilePlace(const VectorTileArguments& tile)
        : side_(2 * kHalfWorld / std::ldexp(1, tile.z)), west_(static_cast<double>(tile.x) * side_ - kHalfWorld),
          north_(kHalfWorld - static_cast<double>(tile.y) * side_) {}

    /// `turns`: how often the world goes round in between.
    geo::Position at(double x, double y, int turns) const {
        return {(x + turns * 2 * kHalfWorld - west_) / side_ * kMvtExtent, (north_ - y) / side_ * kMvtExtent};
    }
    /// The tile with its buffer in the coordinates of a system; nothing where it has none of them.
    std::optional<OGREnvelope> bounds_in(const OGRSpatialReference& crs) const {
        const double more = side_ * kMvtBuffer / kMvtExtent;
        const CrsHandle mercator = web_mercator();
        const TransformationHandle to(OGRCreateCoordinateTransformation(mercator.get(), &crs));
        OGREnvelope box;
        const bool placed =
            to != nullptr &&
            to->TransformBounds(std::max(west_ - more, -kHalfWorld), std::max(north_ - side_ - more, -kHalfWorld),
                                std::min(west_ + side_ + more, kHalfWorld), std::min(north_ + more, kHalfWorld),
                                &box.MinX, &box.MinY, &box.MaxX, &box.MaxY, kDensify) != FALSE;
        const bool usable = placed && std::isfinite(box.MinX) && std::isfinite(box.MinY) && std::isfinite(box.MaxX) &&
                            std::isfinite(box.MaxY) && box.MinX <= box.MaxX && box.MinY <= box.MaxY;
        return usable ? std::optional(box) : std::nullopt;
    }

private:
    double side_, west_, north_;
};

/// A field as a value of a tile; nothing for what has none.
std::optional<MvtValue> value_of(const OGRFeature& feature, int field) {
    if (feature.IsFieldSetAndNotNull(field) == 0)
        return std::nullopt;
    const OGRFieldDefn& definition = *feature.GetFieldDefnRef(field);
    switch (definition.GetType()) {
    case OFTInteger:
    case OFTInteger64:
        if (definition.GetSubType() == OFSTBoolean)
            return feature.GetFieldAsInteger(field) != 0;
        return std::int64_t{feature.GetFieldAsInteger64(field)};
    case OFTReal: {
        const double value = feature.GetFieldAsDouble(field);
        return std::isfinite(value) ? std::optional<MvtValue>(value) : std::nullopt;
    }
    case OFTBinary:
        return std::nullopt;
    case OFTDate:
    case OFTDateTime:
        return std::string(feature.GetFieldAsString(field));
    default:
        return clean_utf8(feature.GetFieldAsString(field), kMaxText);
    }
}

/// Features of one layer in the tile.
class LayerReader {
public:
    LayerReader(const TilePlace& place, CrsHandle crs)
        : place_(place), crs_(std::move(crs)), geographic_(crs_->IsGeographic() != 0), mercator_(web_mercator()),
          to_mercator_(OGRCreateCoordinateTransformation(crs_.get(), mercator_.get())) {}

    bool is_placed() const { return to_mercator_ != nullptr; }

    void filter(OGRLayer& layer) const {
        OGREnvelope all;
        // What goes on beyond 180 degrees is drawn at both ends of the world.
        const bool turns =
            geographic_ && layer.GetExtent(&all, TRUE) == OGRERR_NONE && (all.MinX < -180 || all.MaxX > 180);
        const auto box = turns ? std::nullopt : place_.bounds_in(*crs_);
        if (box)
            layer.SetSpatialFilterRect(box->MinX, box->MinY, box->MaxX, box->MaxY);
    }

    /// Adds what the tile shows of a feature: one for each type of geometry in it.
    void add(const OGRFeature& feature, const OGRGeometry& geometry, MvtLayer& layer) {
        std::array<std::vector<MvtPath>, 4> paths;
        take(geometry, paths);
        for (const MvtType type : {MvtType::Point, MvtType::Line, MvtType::Polygon}) {
            auto& found = paths[static_cast<std::size_t>(type)];
            if (found.empty())
                continue;
            MvtFeature out;
            out.type = type;
            out.weight = weight_of(type, found);
            out.paths = std::move(found);
            if (feature.GetFID() >= 0)
                out.id = static_cast<std::uint64_t>(feature.GetFID());
            for (int field = 0; field < feature.GetFieldCount(); ++field)
                if (auto value = value_of(feature, field))
                    out.tags.emplace_back(static_cast<std::uint32_t>(field), *std::move(value));
            layer.features.push_back(std::move(out));
        }
    }
    std::size_t points() const { return points_; }

private:
    using Paths = std::array<std::vector<MvtPath>, 4>; ///< by MvtType

    void take(const OGRGeometry& geometry, Paths& out) {
        const OGRwkbGeometryType type = wkbFlatten(geometry.getGeometryType());
        if (OGR_GT_IsSubClassOf(type, wkbGeometryCollection) != 0) {
            const OGRGeometryCollection& all = *geometry.toGeometryCollection();
            for (int i = 0; i < all.getNumGeometries(); ++i)
                take(*all.getGeometryRef(i), out);
        } else if (type == wkbPoint) {
            const OGRPoint& point = *geometry.toPoint();
            if (point.IsEmpty() == 0)
                take_points({{point.getX(), point.getY()}}, out);
        } else if (type == wkbLineString) {
            take_line(positions(*geometry.toLineString()), out);
        } else if (type == wkbPolygon) {
            geo::Polygon rings;
            for (const OGRLinearRing* const ring : *geometry.toPolygon())
                rings.push_back(positions(*ring));
            take_polygon(rings, out);
        }
    }

    static geo::Ring positions(const OGRSimpleCurve& curve) {
        geo::Ring out;
        out.reserve(static_cast<std::size_t>(curve.getNumPoints()));
        for (int i = 0; i < curve.getNumPoints(); ++i)
            out.push_back({curve.getX(i), curve.getY(i)});
        return out;
    }

    /// In metres of EPSG:3857, without what has no place there.
    geo::Ring projected(const geo::Ring& path) {
        points_ += path.size();
        std::vector<double> xs, ys;
        for (const geo::Position& point : path) {
            xs.push_back(point.x);
            ys.push_back(geographic_ ? std::clamp(point.y, -kMostLatitude, kMostLatitude) : point.y);
        }
        std::vector<int> placed(path.size(), FALSE);
        to_mercator_->Transform(static_cast<int>(path.size()), xs.data(), ys.data(), nullptr, nullptr, placed.data());
        geo::Ring out;
        for (std::size_t i = 0; i < path.size(); ++i) {
            // PROJ takes what lies beyond 180 degrees to the world's other end.
            const double turns = geographic_ ? std::floor((path[i].x + 180) / 360) : 0;
            const bool at_east = geographic_ && path[i].x == 180 && xs[i] > 0;
            if (placed[i] != FALSE && std::isfinite(xs[i]) && std::isfinite(ys[i]))
                out.push_back({xs[i] + (at_east ? 0 : turns) * 2 * kHalfWorld, ys[i]});
        }
        return out;
    }

    /// Calls `draw` with a path in the tile's units, for each turn of the world that may bring it there.
    template<typename Draw>
    void turned(const geo::Polygon& paths, Draw draw) const {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (const geo::Ring& path : paths)
            for (const geo::Position& point : path) {
                least = std::min(least, point.x);
                most = std::max(most, point.x);
            }
        for (int turn = -1; turn <= 1; ++turn) {
            if (place_.at(most, 0, turn).x < -kMvtBuffer || place_.at(least, 0, turn).x > kMvtExtent + kMvtBuffer)
                continue;
            geo::Polygon at;
            for (const geo::Ring& path : paths) {
                at.emplace_back();
                for (const geo::Position& point : path)
                    at.back().push_back(place_.at(point.x, point.y, turn));
            }
            draw(at);
        }
    }

    void take_points(const geo::Ring& points, Paths& out) {
        turned({projected(points)}, [&](const geo::Polygon& at) {
            const MvtPath inside = points_in_tile(at[0]);
            auto& all = out[static_cast<std::size_t>(MvtType::Point)];
            if (!inside.empty() && all.empty())
                all.emplace_back();
            if (!inside.empty())
                all[0].insert(all[0].end(), inside.begin(), inside.end());
        });
    }
    void take_line(const geo::Ring& line, Paths& out) {
        turned({projected(line)}, [&](const geo::Polygon& at) {
            for (MvtPath& path : line_in_tile(at[0]))
                out[static_cast<std::size_t>(MvtType::Line)].push_back(std::move(path));
        });
    }
    void take_polygon(const geo::Polygon& rings, Paths& out) {
        geo::Polygon metres;
        metres.reserve(rings.size());
        for (const geo::Ring& ring : rings)
            metres.push_back(projected(ring));
        turned(metres, [&](const geo::Polygon& at) {
            for (MvtPath& ring : polygon_in_tile(at))
                out[static_cast<std::size_t>(MvtType::Polygon)].push_back(std::move(ring));
        });
    }

    const TilePlace& place_;
    CrsHandle crs_;
    bool geographic_;
    CrsHandle mercator_;
    TransformationHandle to_mercator_;
    std::size_t points_ = 0;
};

/// One tile of one file.
class VectorTile {
public:
    VectorTile(const Source& source, const VectorTileArguments& arguments, const Progress& progress)
        : source_(source), arguments_(arguments), progress_(progress), place_(arguments) {}

    Result<std::string> run() {
        TRY(dataset_, open_source_vector(source_, errors_));
        bool found = false;
        for (int i = 0; i < dataset_->GetLayerCount() && complete_; ++i) {
            OGRLayer& layer = *dataset_->GetLayer(i);
            const std::string name = layer_name(layer, source_);
            if (!arguments_.layer.empty() && name != arguments_.layer)
                continue;
            found = true;
            CHECK_OK(read(layer, name));
        }
        if (!found)
            return fail(Code::NotFound, fmt::format("The file has no layer '{}'", arguments_.layer.substr(0, 100)));
        keep_heaviest();
        return encode_mvt(layers_);
    }
    bool is_complete() const { return complete_; }

private:
    Status read(OGRLayer& layer, const std::string& name) {
        CrsHandle crs = layer_crs(layer, source_);
        if (crs == nullptr)
            return {};
        LayerReader reader(place_, std::move(crs));
        if (!reader.is_placed())
            return {};
        MvtLayer& out = layers_.emplace_back();
        out.name = name;
        for (int field = 0; field < layer.GetLayerDefn()->GetFieldCount(); ++field)
            out.keys.push_back(clean_utf8(layer.GetLayerDefn()->GetFieldDefn(field)->GetNameRef(), kMaxName));
        reader.filter(layer);
        layer.ResetReading();
        errors_.clear();
        while (const OGRFeatureUniquePtr feature{layer.GetNextFeature()}) {
            if (const OGRGeometry* const geometry = feature->GetGeometryRef(); geometry != nullptr) {
                // Curves as lines.
                const std::unique_ptr<OGRGeometry> linear(
                    geometry->hasCurveGeometry() != 0 ? geometry->getLinearGeometry() : nullptr);
                reader.add(*feature, linear ? *linear : *geometry, out);
            }
            if (++features_ % 256 == 0 && progress_ && !progress_(0.5, "reading features"))
                return fail(Code::Canceled, "The drawing of the tile was stopped.");
            if (features_ >= kMostFeatures || points_ + reader.points() > kMostPoints) {
                complete_ = false;
                break;
            }
        }
        points_ += reader.points();
        return {};
    }

    /// Leaves out the smallest features until the tile is small enough.
    void keep_heaviest() {
        std::size_t bytes = 0;
        std::vector<const MvtFeature*> all;
        for (const MvtLayer& layer : layers_)
            for (const MvtFeature& feature : layer.features) {
                all.push_back(&feature);
                bytes += feature.bytes();
            }
        if (bytes <= kMostBytes)
            return;
        complete_ = false;
        // Of points, which weigh nothing, some that are spread over the tile.
        const auto order = [](const MvtFeature* feature) {
            constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;
            return std::pair(-feature->weight, feature->id.value_or(0) * kSpread);
        };
        std::ranges::stable_sort(all, {}, order);
        std::size_t kept = 0;
        for (bytes = 0; kept < all.size() && bytes + all[kept]->bytes() <= kMostBytes; ++kept)
            bytes += all[kept]->bytes();
        std::vector<const MvtFeature*> stays(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept));
        std::ranges::sort(stays);
        for (MvtLayer& layer : layers_) {
            std::vector<MvtFeature> left;
            for (MvtFeature& feature : layer.features)
                if (std::ranges::binary_search(stays, &feature))
                    left.push_back(std::move(feature));
            layer.features = std::move(left);
        }
    }

    const Source& source_;
    const VectorTileArguments& arguments_;
    const Progress& progress_;
    const TilePlace place_;
    QuietErrors errors_;
    DatasetHandle dataset_;
    std::vector<MvtLayer> layers_;
    std::size_t features_ = 0, points_ = 0;
    bool complete_ = true;
};

} // namespace

Result<VectorTileAnswer> vector_tile_task(const std::string& folder, const VectorTileArguments& arguments,
                                          const Progress& progress) {
    register_drivers();
    TRY(const Source source, prepare_source(source_request(folder, arguments.files)));
    VectorTile tile(source, arguments, progress);
    TRY(const std::string bytes, tile.run());
    std::ofstream out(folder + "/tile.mvt", std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    if (!out)
        return fail_internal("a vector tile can't be written");
    return VectorTileAnswer{"tile.mvt", tile.is_complete()};
}

} // namespace landfall::raster

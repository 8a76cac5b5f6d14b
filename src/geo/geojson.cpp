#include "geo/geojson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::geo {
namespace {

auto bad(std::string_view what) {
    return fail_field("geometry", fmt::format("The geometry is not valid GeoJSON: {}", what));
}

/// By value: 0 and 0.0 are one place.
bool same_position(const Json& a, const Json& b) {
    return std::ranges::equal(a.items(), b.items(),
                              [](const Json& x, const Json& y) { return x.as_number() == y.as_number(); });
}

/// Gathers the positions of a geometry, and the longitudes of each part for the antimeridian rule.
class Walker {
public:
    Status geometry(const Json& json, int depth = 0);
    Result<Bbox> bbox() const;

private:
    struct Span {
        double west = 181, east = -181;
    };

    Status position(const Json& json);
    Status line(const Json& json, std::size_t at_least);
    Status ring(const Json& json);
    Status polygon(const Json& json);
    template<typename Each>
    Status list(const Json& json, Each each);
    void begin_part() { parts_.emplace_back(); }

    std::vector<Span> parts_;
    double south_ = 91, north_ = -91;
    std::size_t vertices_ = 0;
};

Status Walker::position(const Json& json) {
    const auto& numbers = json.items();
    if (!json.is_array() || numbers.size() < 2 || numbers.size() > 4)
        return bad("a position needs two or three numbers, longitude first");
    for (const auto& number : numbers)
        if (!number.is_number() || !std::isfinite(number.as_number()))
            return bad("a coordinate is not a finite number");
    const double lon = numbers[0].as_number();
    const double lat = numbers[1].as_number();
    if (std::abs(lon) > 180 || std::abs(lat) > 90)
        return bad(fmt::format("position [{}, {}] is outside longitude ±180, latitude ±90", lon, lat));
    if (++vertices_ > kMaxGeometryVertices)
        return bad(fmt::format("more than {} positions; simplify it", kMaxGeometryVertices));
    parts_.back().west = std::min(parts_.back().west, lon);
    parts_.back().east = std::max(parts_.back().east, lon);
    south_ = std::min(south_, lat);
    north_ = std::max(north_, lat);
    return {};
}

template<typename Each>
Status Walker::list(const Json& json, Each each) {
    if (!json.is_array() || json.items().empty())
        return bad("an empty or missing list of coordinates");
    for (const auto& entry : json.items())
        CHECK_OK(each(entry));
    return {};
}

Status Walker::line(const Json& json, std::size_t at_least) {
    if (json.items().size() < at_least)
        return bad(fmt::format("a line or ring with fewer than {} positions", at_least));
    return list(json, [this](const Json& entry) { return position(entry); });
}

Status Walker::ring(const Json& json) {
    CHECK_OK(line(json, 4));
    if (!same_position(json.items().front(), json.items().back()))
        return bad("a polygon ring that is not closed (its last position must equal the first)");
    return {};
}

Status Walker::polygon(const Json& json) {
    begin_part();
    return list(json, [this](const Json& entry) { return ring(entry); });
}

Status Walker::geometry(const Json& json, int depth) {
    if (!json.is_object())
        return bad("it must be an object with type and coordinates");
    const auto type = json["type"].as_view();
    const Json& coordinates = json["coordinates"];
    if (type == "Polygon")
        return polygon(coordinates);
    if (type == "MultiPolygon")
        return list(coordinates, [this](const Json& entry) { return polygon(entry); });
    if (type == "GeometryCollection") {
        if (depth >= 4)
            return bad("geometry collections nest too deeply");
        return list(json["geometries"], [&](const Json& entry) { return geometry(entry, depth + 1); });
    }
    const auto part_of = [this](const Json& entry, std::size_t at_least) {
        begin_part();
        return at_least == 0 ? position(entry) : line(entry, at_least);
    };
    if (type == "Point")
        return part_of(coordinates, 0);
    if (type == "MultiPoint")
        return list(coordinates, [&](const Json& entry) { return part_of(entry, 0); });
    if (type == "LineString")
        return part_of(coordinates, 2);
    if (type == "MultiLineString")
        return list(coordinates, [&](const Json& entry) { return part_of(entry, 2); });
    return bad("type must be Point, LineString, Polygon, their Multi forms or GeometryCollection");
}

Result<Bbox> Walker::bbox() const {
    Span all;
    Span eastern{181, -181};   // parts east of Greenwich
    Span western{181, -181};   // the others
    bool touches_east = false; // one of the eastern parts
    bool touches_west = false; // one of the others
    for (const auto& part : parts_) {
        all.west = std::min(all.west, part.west);
        all.east = std::max(all.east, part.east);
        const bool is_eastern = part.west >= 0;
        touches_east |= is_eastern && part.east == 180;
        touches_west |= !is_eastern && part.west == -180;
        Span& side = is_eastern ? eastern : western;
        side.west = std::min(side.west, part.west);
        side.east = std::max(side.east, part.east);
    }
    const bool split = touches_east && touches_west && eastern.west > western.east;
    if (split)
        return Bbox{eastern.west, south_, western.east, north_};
    return Bbox{all.west, south_, all.east, north_};
}

Json ring_json(double west, double south, double east, double north) {
    const auto at = [](double x, double y) { return Json::array({Json(x), Json(y)}); };
    return Json::array(
        {Json::array({at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)})});
}

} // namespace

Result<Bbox> geometry_bbox(const Json& geometry) {
    Walker walker;
    CHECK_OK(walker.geometry(geometry));
    return walker.bbox();
}

Result<Bbox> parse_bbox(const std::vector<double>& numbers) {
    if (numbers.size() != 4 && numbers.size() != 6)
        return fail_field("bbox", "A bbox needs four numbers: west, south, east, north");
    const std::size_t half = numbers.size() / 2;
    const Bbox box{numbers[0], numbers[1], numbers[half], numbers[half + 1]};
    const bool finite = std::all_of(box.begin(), box.end(), [](double v) { return std::isfinite(v); });
    if (!finite || std::abs(box[0]) > 180 || std::abs(box[2]) > 180 || std::abs(box[1]) > 90 || std::abs(box[3]) > 90)
        return fail_field("bbox", "The bbox must lie within longitude ±180 and latitude ±90 degrees");
    if (box[1] > box[3])
        return fail_field("bbox", "The bbox has its south above its north; the order is west, south, east, north");
    return box;
}

Json bbox_geometry(const Bbox& b) {
    Json geometry = Json::object();
    if (b[0] <= b[2]) {
        geometry.set("type", "Polygon");
        geometry.set("coordinates", ring_json(b[0], b[1], b[2], b[3]));
    } else {
        geometry.set("type", "MultiPolygon");
        geometry.set("coordinates", Json::array({ring_json(b[0], b[1], 180, b[3]), ring_json(-180, b[1], b[2], b[3])}));
    }
    return geometry;
}

} // namespace landfall::geo

#include "geo/area.hpp"

#include "geo/ring_crossing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::geo {
namespace {

constexpr double kFarthestEast = 540;
constexpr double kAround = 360;

class AreaReader {
public:
    explicit AreaReader(std::string_view field) : field_(field) {}

    Result<Area> read(const Json& geometry) {
        const auto type = geometry["type"].as_view();
        const Json& coordinates = geometry["coordinates"];
        if (!geometry.is_object() || (type != "Polygon" && type != "MultiPolygon"))
            return bad("it must be a GeoJSON Polygon or MultiPolygon in longitude and latitude");
        Area area;
        if (type == "Polygon") {
            TRY(area.polygons.emplace_back(), polygon(coordinates));
        } else {
            if (!coordinates.is_array() || coordinates.items().empty())
                return bad("a MultiPolygon without polygons");
            for (const Json& entry : coordinates.items()) {
                TRY(area.polygons.emplace_back(), polygon(entry));
            }
        }
        const Bounds box = area.bounds();
        if (box.east - box.west > kAround)
            return bad("it goes more than once around the world");
        return area;
    }

private:
    tl::unexpected<Error> bad(std::string_view what) const {
        return fail_field(std::string(field_), fmt::format("The area cannot be used: {}", what));
    }

    Result<Position> position(const Json& json) {
        const auto& numbers = json.items();
        if (numbers.size() < 2 || numbers.size() > 4 || !numbers[0].is_number() || !numbers[1].is_number())
            return bad("a position needs two or three numbers, longitude first");
        const Position at{numbers[0].as_number(), numbers[1].as_number()};
        if (!(std::abs(at.x) <= kFarthestEast) || !(std::abs(at.y) <= 90))
            return bad(fmt::format("position [{}, {}] is not in longitude and latitude (degrees, WGS 84)", at.x, at.y));
        if (++vertices_ > kMaxAreaVertices)
            return bad(fmt::format("it has more than {} positions; simplify it", kMaxAreaVertices));
        return at;
    }

    Result<Ring> ring(const Json& json) {
        if (json.items().size() < 4)
            return bad("a ring needs at least four positions, the last of which equals the first");
        Ring out;
        out.reserve(json.items().size());
        for (const Json& entry : json.items()) {
            TRY(out.emplace_back(), position(entry));
        }
        if (out.front().x != out.back().x || out.front().y != out.back().y)
            return bad("a ring is not closed: its last position must equal the first");
        return out;
    }

    Result<Polygon> polygon(const Json& json) {
        if (!json.is_array() || json.items().empty())
            return bad("a polygon without rings");
        Polygon out;
        for (const Json& entry : json.items()) {
            TRY(out.emplace_back(), ring(entry));
        }
        if (is_flat(out.front()))
            return bad("a polygon has no area; all its positions lie on a line");
        if (const auto crossing = find_crossing(out); crossing && crossing->too_many)
            return bad("its edges lie too densely on each other; simplify it");
        else if (crossing)
            return bad(fmt::format("its outline crosses itself near [{:.6f}, {:.6f}]; repair it, for example with "
                                   "shapely's make_valid",
                                   crossing->place.x, crossing->place.y));
        return out;
    }

    /// Whether the ring encloses nothing but what rounding makes of a line.
    static bool is_flat(const Ring& ring) {
        constexpr double kRounding = 1e-12;
        double sum = 0, across = 0, up = 0;
        for (std::size_t i = 1; i < ring.size(); ++i) {
            sum += (ring[i - 1].x - ring[0].x) * (ring[i].y - ring[0].y) -
                   (ring[i].x - ring[0].x) * (ring[i - 1].y - ring[0].y);
            across = std::max(across, std::abs(ring[i].x - ring[0].x));
            up = std::max(up, std::abs(ring[i].y - ring[0].y));
        }
        return std::abs(sum) <= kRounding * across * up;
    }

    std::string_view field_;
    std::size_t vertices_ = 0;
};

} // namespace

Bounds Area::bounds() const {
    Bounds box{HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (const Polygon& polygon : polygons)
        for (const Position& at : polygon.front())
            box = {std::min(box.west, at.x), std::min(box.south, at.y), std::max(box.east, at.x),
                   std::max(box.north, at.y)};
    return box;
}

std::string Area::outline() const {
    const double west = bounds().west;
    const double shift = -kAround * std::floor((west + 180) / kAround);
    std::vector<Part> parts;
    for (const Polygon& polygon : polygons)
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            Part part{i == 0 ? Part::Kind::Shell : Part::Kind::Hole, polygon[i]};
            for (Position& at : part.positions)
                at.x += shift;
            parts.push_back(std::move(part));
        }
    return pack(parts);
}

Result<Area> parse_area(const Json& geometry, std::string_view field) {
    return AreaReader(field).read(geometry);
}

Area area_of(const Bounds& box) {
    const double east = box.west > box.east ? box.east + kAround : box.east;
    return {{{{{box.west, box.south},
               {east, box.south},
               {east, box.north},
               {box.west, box.north},
               {box.west, box.south}}}}};
}

} // namespace landfall::geo

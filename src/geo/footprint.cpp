#include "geo/footprint.hpp"

#include "geo/outline.hpp"

#include <cmath>

namespace landfall::geo {
namespace {

constexpr std::size_t kMostPositions = 100'000;
constexpr int kDeepest = 8;

tl::unexpected<Error> refuse(std::string message) {
    return fail_field("geometry", std::move(message));
}

/// Collects the parts of a GeoJSON geometry.
class Reader {
public:
    Status read(const Json& geometry, int depth) {
        if (depth > kDeepest)
            return refuse("A geometry collection may be nested at most 8 times.");
        const std::string_view type = geometry["type"].as_view();
        const Json& coordinates = geometry["coordinates"];
        if (type == "Point")
            return point(coordinates);
        if (type == "MultiPoint")
            return each(coordinates, [&](const Json& c) { return point(c); });
        if (type == "LineString")
            return path(coordinates, Part::Kind::Line);
        if (type == "MultiLineString")
            return each(coordinates, [&](const Json& c) { return path(c, Part::Kind::Line); });
        if (type == "Polygon")
            return polygon(coordinates);
        if (type == "MultiPolygon")
            return each(coordinates, [&](const Json& c) { return polygon(c); });
        if (type == "GeometryCollection")
            return each(geometry["geometries"], [&](const Json& g) { return read(g, depth + 1); });
        return refuse("The geometry must be a GeoJSON geometry object.");
    }
    std::vector<Part> parts;

private:
    template<typename Visit>
    Status each(const Json& list, Visit visit) {
        if (!list.is_array())
            return refuse("The geometry's coordinates must be nested arrays of positions.");
        for (const Json& entry : list.items())
            CHECK_OK(visit(entry));
        return {};
    }
    Status point(const Json& coordinates) {
        parts.push_back({Part::Kind::Point, {}});
        return position(coordinates);
    }
    Status path(const Json& coordinates, Part::Kind kind) {
        if (coordinates.items().empty())
            return coordinates.is_array() ? Status{} : refuse("A line or ring must be an array of positions.");
        parts.push_back({kind, {}});
        return each(coordinates, [&](const Json& c) { return position(c); });
    }
    Status polygon(const Json& rings) {
        auto kind = Part::Kind::Shell;
        return each(rings, [&](const Json& ring) {
            if (ring.items().size() < 4 || ring.items().front() != ring.items().back())
                return Status(refuse("A polygon's ring needs at least four positions and must end where it starts."));
            return path(ring, std::exchange(kind, Part::Kind::Hole));
        });
    }
    Status position(const Json& c) {
        const auto& axes = c.items();
        if (axes.size() < 2 || !axes[0].is_number() || !axes[1].is_number())
            return refuse("A position must be an array of longitude and latitude.");
        const Position p{axes[0].as_number(), axes[1].as_number()};
        if (!(p.x >= -360 && p.x <= 360) || !(p.y >= -90 && p.y <= 90))
            return refuse("Longitudes must lie within -360 to 360 and latitudes within -90 to 90 degrees.");
        if (++positions_ > kMostPositions)
            return refuse("The geometry has more than 100000 positions. Simplify it.");
        parts.back().positions.push_back(p);
        return {};
    }
    std::size_t positions_ = 0;
};

bool jumps(const Part& part) {
    for (std::size_t i = 1; i < part.positions.size(); ++i)
        if (std::abs(part.positions[i].x - part.positions[i - 1].x) > 180)
            return true;
    return false;
}

/// Longitudes in the plane where every part is whole: from -180 on, past 180 for what crosses the antimeridian.
void unroll(std::vector<Part>& parts, bool crosses) {
    bool shift_holes = false;
    for (Part& part : parts) {
        const bool shift = crosses && (part.kind == Part::Kind::Hole ? shift_holes || jumps(part) : jumps(part));
        if (part.kind == Part::Kind::Shell)
            shift_holes = shift;
        if (shift)
            for (Position& p : part.positions)
                p.x += p.x < 0 ? 360 : 0;
        const Bounds b = bounds_of(part);
        const double whole = b.west < -180 ? 360 : (b.west > 180 ? -360 : 0);
        for (Position& p : part.positions)
            p.x += whole;
    }
}

void widen(std::optional<Bounds>& box, const Bounds& by) {
    if (!box) {
        box = by;
        return;
    }
    *box = {std::min(box->west, by.west), std::min(box->south, by.south), std::max(box->east, by.east),
            std::max(box->north, by.north)};
}

std::vector<Bounds> boxes_of(const std::vector<Part>& parts, bool crosses) {
    std::optional<Bounds> left;  // of the map: towards 180
    std::optional<Bounds> right; // beyond the antimeridian
    for (const Part& part : parts) {
        const Bounds b = bounds_of(part);
        if (b.east > 180) {
            crosses = true;
            widen(left, {b.west, b.south, 180, b.north});
            widen(right, {-180, b.south, std::min(b.east - 360, 180.0), b.north});
        } else if (crosses && b.west + b.east < 0) {
            widen(right, b);
        } else {
            widen(left, b);
        }
    }
    if (left && right && (!crosses || right->east >= left->west)) {
        widen(left, *right);
        return {*left};
    }
    if (left && right) {
        const double south = std::min(left->south, right->south);
        const double north = std::max(left->north, right->north);
        return {{left->west, south, 180, north}, {-180, south, right->east, north}};
    }
    return {left ? *left : *right};
}

bool is_box(const std::vector<Part>& parts, const Bounds& box) {
    if (parts.size() != 1)
        return false;
    const auto& p = parts[0].positions;
    if (parts[0].kind == Part::Kind::Point)
        return true;
    if (parts[0].kind != Part::Kind::Shell || p.size() != 5)
        return false;
    for (std::size_t i = 0; i < 4; ++i) {
        const bool corner = (p[i].x == box.west || p[i].x == box.east) && (p[i].y == box.south || p[i].y == box.north);
        const bool straight = p[i].x == p[i + 1].x || p[i].y == p[i + 1].y;
        if (!corner || !straight)
            return false;
    }
    return p[0].x != p[2].x || p[0].y != p[2].y;
}

} // namespace

std::optional<Bounds> Footprint::bounds() const {
    if (boxes.empty())
        return std::nullopt;
    return Bounds{boxes.front().west, boxes.front().south, boxes.back().east, boxes.back().north};
}

Result<Footprint> footprint_of(const Json& geometry, const std::optional<Bounds>& declared) {
    Footprint out;
    if (geometry.is_null())
        return out;
    if (!geometry.is_object())
        return refuse("The geometry must be a GeoJSON geometry object.");
    Reader reader;
    CHECK_OK(reader.read(geometry, 1));
    if (reader.parts.empty())
        return out;
    const bool crosses = declared && declared->west > declared->east;
    unroll(reader.parts, crosses);
    out.boxes = boxes_of(reader.parts, crosses);
    if (out.boxes.size() == 1 && is_box(reader.parts, out.boxes[0])) {
        out.shape = Footprint::Shape::Box;
        return out;
    }
    out.shape = Footprint::Shape::Exact;
    out.bytes = pack(reader.parts);
    return out;
}

Footprint footprint_of(const Bounds& box) {
    Footprint out;
    out.shape = Footprint::Shape::Box;
    out.boxes = split_bounds(box);
    return out;
}

std::vector<Bounds> with_both_meridians(std::vector<Bounds> boxes) {
    const auto reach = [&](double side) {
        std::optional<Bounds> strip;
        for (const Bounds& box : boxes)
            if ((side > 0 ? box.east : box.west) == side)
                widen(strip, {-side, box.south, -side, box.north});
        return strip;
    };
    const auto west = reach(-180);
    const auto east = reach(180);
    if (west && !east)
        boxes.push_back(*west);
    if (east && !west)
        boxes.push_back(*east);
    return boxes;
}

std::vector<Bounds> split_bounds(const Bounds& box) {
    if (box.west <= box.east)
        return {box};
    return {{box.west, box.south, 180, box.north}, {-180, box.south, box.east, box.north}};
}

} // namespace landfall::geo

#include "geo/outline.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace landfall::geo {
namespace {

double turn(const Position& a, const Position& b, const Position& c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool within(const Position& p, const Bounds& box) {
    return p.x >= box.west && p.x <= box.east && p.y >= box.south && p.y <= box.north;
}

bool boxes_meet(const Bounds& a, const Bounds& b) {
    return a.west <= b.east && a.east >= b.west && a.south <= b.north && a.north >= b.south;
}

Bounds bounds_of(const Position& a, const Position& b) {
    return {std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)};
}

bool segments_meet(const Position& a, const Position& b, const Position& c, const Position& d) {
    if (!boxes_meet(bounds_of(a, b), bounds_of(c, d)))
        return false;
    const double c_side = turn(a, b, c);
    const double d_side = turn(a, b, d);
    const double a_side = turn(c, d, a);
    const double b_side = turn(c, d, b);
    return !((c_side > 0 && d_side > 0) || (c_side < 0 && d_side < 0) || (a_side > 0 && b_side > 0) ||
             (a_side < 0 && b_side < 0));
}

bool segment_meets_box(const Position& a, const Position& b, const Bounds& box) {
    if (!boxes_meet(bounds_of(a, b), box))
        return false;
    if (within(a, box) || within(b, box))
        return true;
    int above = 0;
    int below = 0;
    for (const Position corner : {Position{box.west, box.south}, Position{box.east, box.south},
                                  Position{box.east, box.north}, Position{box.west, box.north}}) {
        const double side = turn(a, b, corner);
        above += side > 0;
        below += side < 0;
    }
    return above < 4 && below < 4;
}

/// Even-odd rule over one ring.
bool crosses_odd(const std::vector<Position>& ring, const Position& p) {
    bool odd = false;
    for (std::size_t i = 1; i < ring.size(); ++i) {
        const Position& a = ring[i - 1];
        const Position& b = ring[i];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
            odd = !odd;
    }
    return odd;
}

/// Whether the point lies in the interior of any polygon.
bool covers(const std::vector<Part>& parts, const Position& p) {
    bool inside = false;
    for (const Part& part : parts) {
        if (part.kind == Part::Kind::Shell) {
            if (inside)
                return true;
            inside = crosses_odd(part.positions, p);
        } else if (part.kind == Part::Kind::Hole && inside && crosses_odd(part.positions, p)) {
            inside = false;
        }
    }
    return inside;
}

bool edge_meets_box(const Part& part, const Bounds& box) {
    if (part.positions.size() == 1)
        return within(part.positions[0], box);
    for (std::size_t i = 1; i < part.positions.size(); ++i)
        if (segment_meets_box(part.positions[i - 1], part.positions[i], box))
            return true;
    return false;
}

bool touches(const std::vector<Part>& parts, const Bounds& box) {
    for (const Part& part : parts)
        if (boxes_meet(landfall::geo::bounds_of(part), box) && edge_meets_box(part, box))
            return true;
    return covers(parts, {box.west, box.south});
}

Bounds moved(Bounds box, double by) {
    box.west += by;
    box.east += by;
    return box;
}

bool edges_meet(const Part& a, const Part& b) {
    const Bounds b_box = landfall::geo::bounds_of(b);
    for (std::size_t i = a.positions.size() > 1 ? 1 : 0; i < a.positions.size(); ++i) {
        const Position& from = a.positions[i == 0 ? 0 : i - 1];
        if (!segment_meets_box(from, a.positions[i], b_box))
            continue;
        for (std::size_t j = b.positions.size() > 1 ? 1 : 0; j < b.positions.size(); ++j)
            if (segments_meet(from, a.positions[i], b.positions[j == 0 ? 0 : j - 1], b.positions[j]))
                return true;
    }
    return false;
}

bool meet(const std::vector<Part>& a, const std::vector<Part>& b) {
    for (const Part& one : a)
        for (const Part& other : b)
            if (boxes_meet(landfall::geo::bounds_of(one), landfall::geo::bounds_of(other)) && edges_meet(one, other))
                return true;
    const auto any_covered = [](const std::vector<Part>& outer, const std::vector<Part>& inner) {
        return std::ranges::any_of(inner, [&](const Part& p) { return covers(outer, p.positions.front()); });
    };
    return any_covered(a, b) || any_covered(b, a);
}

template<typename T>
void put(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string wkb_points(const std::vector<Position>& positions) {
    std::string out;
    put(out, static_cast<std::uint32_t>(positions.size()));
    for (const Position& p : positions) {
        put(out, p.x);
        put(out, p.y);
    }
    return out;
}

std::string wkb_head(std::uint32_t type) {
    std::string out(1, '\1');
    put(out, type);
    return out;
}

/// Whether all positions are one, or lie on one line.
bool are_flat(const std::vector<Position>& positions) {
    const Position& first = positions.front();
    const auto other =
        std::ranges::find_if(positions, [&](const Position& p) { return p.x != first.x || p.y != first.y; });
    return other == positions.end() ||
           std::ranges::all_of(positions, [&](const Position& p) { return turn(first, *other, p) == 0; });
}

std::string wkb_line(const std::vector<Position>& positions) {
    const Bounds box = landfall::geo::bounds_of({Part::Kind::Line, positions});
    if (box.west == box.east && box.south == box.north)
        return wkb_head(1) + wkb_points({positions.front()}).substr(sizeof(std::uint32_t));
    return wkb_head(2) + wkb_points(positions);
}

/// One geometry for the part at `at`, which moves past it and its holes. A polygon that encloses nothing is a line:
/// PostGIS would find it nowhere.
std::string wkb_part(const std::vector<Part>& parts, std::size_t& at) {
    const Part& part = parts[at++];
    if (part.kind == Part::Kind::Point || part.kind == Part::Kind::Line)
        return wkb_line(part.positions);
    std::string rings = wkb_points(part.positions);
    std::uint32_t count = 1;
    for (; at < parts.size() && parts[at].kind == Part::Kind::Hole; ++at, ++count)
        rings += wkb_points(parts[at].positions);
    if (are_flat(part.positions))
        return wkb_line(part.positions);
    std::string out = wkb_head(3);
    put(out, count);
    return out + rings;
}

} // namespace

Bounds bounds_of(const Part& part) {
    Bounds box{part.positions[0].x, part.positions[0].y, part.positions[0].x, part.positions[0].y};
    for (const Position& p : part.positions)
        box = {std::min(box.west, p.x), std::min(box.south, p.y), std::max(box.east, p.x), std::max(box.north, p.y)};
    return box;
}

std::string pack(const std::vector<Part>& parts) {
    std::string out;
    for (const Part& part : parts) {
        out.push_back(static_cast<char>(part.kind));
        out += wkb_points(part.positions);
    }
    return out;
}

std::vector<Part> unpack(std::string_view bytes) {
    std::vector<Part> parts;
    constexpr std::size_t kHead = 1 + sizeof(std::uint32_t);
    while (bytes.size() > kHead) {
        std::uint32_t count = 0;
        std::memcpy(&count, bytes.data() + 1, sizeof count);
        const std::size_t size = std::size_t{count} * sizeof(Position);
        if (count == 0 || bytes[0] > static_cast<char>(Part::Kind::Hole) || bytes.size() - kHead < size)
            break;
        Part part{static_cast<Part::Kind>(bytes[0]), std::vector<Position>(count)};
        std::memcpy(part.positions.data(), bytes.data() + kHead, size);
        parts.push_back(std::move(part));
        bytes.remove_prefix(kHead + size);
    }
    return parts;
}

std::vector<Part> parts_of(const Footprint& footprint) {
    if (footprint.shape == Footprint::Shape::Exact)
        return unpack(footprint.bytes);
    std::vector<Part> parts;
    for (const Bounds& b : footprint.boxes) {
        if (b.west == b.east && b.south == b.north)
            parts.push_back({Part::Kind::Point, {{b.west, b.south}}});
        else if (b.west == b.east || b.south == b.north)
            parts.push_back({Part::Kind::Line, {{b.west, b.south}, {b.east, b.north}}});
        else
            parts.push_back(
                {Part::Kind::Shell,
                 {{b.west, b.south}, {b.east, b.south}, {b.east, b.north}, {b.west, b.north}, {b.west, b.south}}});
    }
    return parts;
}

std::string outline_of(const Footprint& footprint) {
    return footprint.shape == Footprint::Shape::Exact ? footprint.bytes : pack(parts_of(footprint));
}

bool footprint_touches(std::string_view bytes, const Bounds& box) {
    const std::vector<Part> parts = unpack(bytes);
    return !parts.empty() && (touches(parts, box) || touches(parts, moved(box, 360)));
}

bool footprints_touch(std::string_view a, std::string_view b) {
    const std::vector<Part> one = unpack(a);
    std::vector<Part> other = unpack(b);
    if (one.empty() || other.empty())
        return false;
    for (const double by : {0.0, 360.0, -720.0}) {
        for (Part& part : other)
            for (Position& p : part.positions)
                p.x += by;
        if (meet(one, other))
            return true;
    }
    return false;
}

std::string footprint_wkb_hex(const Footprint& footprint) {
    const std::vector<Part> parts = parts_of(footprint);
    std::string members;
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < parts.size(); ++count)
        members += wkb_part(parts, at);
    if (count == 1)
        return to_hex(members);
    std::string out = wkb_head(7);
    put(out, count);
    return to_hex(out + members);
}

} // namespace landfall::geo

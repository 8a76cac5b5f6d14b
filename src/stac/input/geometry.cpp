#include "stac/input/geometry.hpp"

#include "core/text.hpp"
#include "geo/geojson.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

namespace landfall::stac {
namespace {

constexpr std::array<std::string_view, 7> kTypes{"Point",           "LineString",   "Polygon",           "MultiPoint",
                                                 "MultiLineString", "MultiPolygon", "GeometryCollection"};
constexpr std::size_t kMostNumbers = 2 * geo::kMaxGeometryVertices;

auto unreadable() {
    return fail(Code::InvalidArgument,
                "Unable to read the geometry: it is no GeoJSON geometry (RFC 7946), and no well-known text");
}

/// The name as GeoJSON spells it; empty for others.
std::string_view type_named(std::string_view name) {
    const std::string folded = lower_case(name);
    const auto* const found =
        std::ranges::find_if(kTypes, [&](std::string_view type) { return lower_case(type) == folded; });
    return found == kTypes.end() ? std::string_view() : *found;
}

/// Well-known text: a name, then positions in nested brackets.
class WellKnownText {
public:
    explicit WellKnownText(std::string_view text) : rest_(text) {}

    Result<Json> read() {
        if (const auto srid = rest_.find(';'); srid != std::string_view::npos)
            rest_.remove_prefix(srid + 1);
        skip();
        const auto letters = std::ranges::find_if_not(rest_, [](unsigned char c) { return std::isalpha(c) != 0; });
        const auto length = static_cast<std::size_t>(letters - rest_.begin());
        const std::string_view type = type_named(rest_.substr(0, length));
        rest_.remove_prefix(length);
        if (type.empty() || type == "GeometryCollection")
            return unreadable();
        Json coordinates = nested(0);
        skip();
        if (failed_ || !rest_.empty())
            return unreadable();
        if (type == "Point")
            coordinates = coordinates.items().size() == 1 ? Json(coordinates.items().front()) : Json();
        return Json::object({{"type", type}, {"coordinates", std::move(coordinates)}});
    }

private:
    void skip() {
        while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0)
            rest_.remove_prefix(1);
    }
    bool take(char c) {
        skip();
        if (!rest_.starts_with(c))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// `(x y, x y)` or `((…), (…))`.
    Json nested(int depth) {
        constexpr int kDeepest = 4;
        Json list = Json::array();
        if (depth > kDeepest || !take('(')) {
            failed_ = true;
            return list;
        }
        do {
            skip();
            list.push(rest_.starts_with('(') ? nested(depth + 1) : position());
        } while (!failed_ && take(','));
        failed_ = failed_ || !take(')');
        return list;
    }

    Json position() {
        Json numbers = Json::array();
        for (skip(); numbers.items().size() < 4; skip()) {
            double number = 0;
            const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
            if (error != std::errc())
                break;
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            numbers.push(number);
            failed_ = failed_ || ++numbers_ > kMostNumbers;
        }
        failed_ = failed_ || numbers.items().size() < 2;
        return numbers;
    }

    std::string_view rest_;
    std::size_t numbers_ = 0;
    bool failed_ = false;
};

} // namespace

Result<Json> read_geometry(const Json& given) {
    if (given.is_null())
        return fail(Code::InvalidArgument, "This field may not be null.");
    Json geometry = given;
    if (given.is_string()) {
        const auto json = Json::parse(given.as_view());
        TRY(geometry, json && json->is_object() ? Result<Json>(*json) : WellKnownText(given.as_view()).read());
    }
    if (!geometry.is_object())
        return unreadable();
    const std::string_view type = type_named(geometry["type"].as_view());
    if (type.empty())
        return unreadable();
    const std::string_view parts = type == "GeometryCollection" ? "geometries" : "coordinates";
    geometry = Json::object({{"type", type}, {std::string(parts), geometry[parts]}});
    const auto box = geo::geometry_bbox(geometry);
    if (!box)
        return fail(Code::InvalidArgument, "Unable to read the geometry: " + box.error().message);
    return geometry;
}

} // namespace landfall::stac

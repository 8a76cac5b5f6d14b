#include "imagery/colors/colormap_entries.hpp"

#include "core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace landfall::imagery {
namespace {

constexpr std::size_t kMaxEntries = 4096;

using Entry = Colormap::Entry;

std::optional<Rgba> color_from(const Json& json) {
    if (json.is_string())
        return parse_hex(json.as_view());
    const auto& parts = json.items();
    if (parts.size() != 3 && parts.size() != 4)
        return std::nullopt;
    std::array<std::uint32_t, 4> bytes = {0, 0, 0, 255};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::int64_t byte = parts[i].as_integer(-1);
        if (byte < 0 || byte > 255)
            return std::nullopt;
        bytes[i] = static_cast<std::uint32_t>(byte);
    }
    return rgba(bytes[0], bytes[1], bytes[2], bytes[3]);
}

tl::unexpected<Error> bad_entries(std::string_view why = "") {
    std::string text(why);
    text +=
        "Write {\"type\": \"linear\", \"entries\": [[value, \"#rrggbb\"], …]} (or discrete, or interval), classes as "
        "{\"1\": \"#ff0000\"} or intervals as [[low, high, \"#ff0000\"]], at most 4096 entries; colours are "
        "#rrggbb, #rrggbbaa or lists of 3 or 4 bytes.";
    return fail_field("colormap", std::move(text));
}

/// `[[value, colour], …]`, ascending unless any order will do.
Result<std::vector<Entry>> typed_entries(const Json& list, bool ascending) {
    std::vector<Entry> entries;
    if (list.items().empty() || list.items().size() > kMaxEntries)
        return bad_entries();
    for (const Json& pair : list.items()) {
        const auto& parts = pair.items();
        const auto color = parts.size() == 2 ? color_from(parts[1]) : std::nullopt;
        if (!color || !parts[0].is_number() || !std::isfinite(parts[0].as_number()))
            return bad_entries();
        if (ascending && !entries.empty() && !(entries.back().first < parts[0].as_number()))
            return bad_entries("The values of a linear or interval colormap ascend. ");
        entries.emplace_back(parts[0].as_number(), *color);
    }
    return entries;
}

struct Interval {
    double low, high;
    Rgba color;
};

/// The intervals as steps: at each value the first of those that hold it.
std::vector<Entry> steps_of(const std::vector<Interval>& intervals) {
    struct Edge {
        double at;
        std::size_t interval;
        bool begins;
    };
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < intervals.size(); ++i)
        if (intervals[i].low < intervals[i].high) {
            edges.push_back({intervals[i].low, i, true});
            edges.push_back({intervals[i].high, i, false});
        }
    std::ranges::sort(edges, {}, &Edge::at);
    std::set<std::size_t> open;
    std::vector<Entry> steps;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (edges[i].begins)
            open.insert(edges[i].interval);
        else
            open.erase(edges[i].interval);
        const bool last_here = i + 1 == edges.size() || edges[i + 1].at != edges[i].at;
        if (last_here)
            steps.emplace_back(edges[i].at, open.empty() ? 0 : intervals[*open.begin()].color);
    }
    return steps;
}

} // namespace

Result<Colormap> ColormapEntries::typed(const Json& json) {
    const std::string type = json["type"].as_string();
    Colormap map;
    if (type == "linear")
        map.kind_ = Colormap::Kind::Linear;
    else if (type == "interval")
        map.kind_ = Colormap::Kind::Steps;
    else if (type != "discrete")
        return bad_entries("The type of a colormap is linear, discrete or interval. ");
    TRY(map.entries_, typed_entries(json["entries"], type != "discrete"));
    return type == "discrete" ? Colormap::of_exact(std::move(map.entries_)) : map;
}

Result<Colormap> ColormapEntries::classes(const Json& json) {
    std::vector<Entry> entries;
    for (const auto& [key, value] : json.members()) {
        const auto number = number_in<int>(key);
        const auto color = color_from(value);
        if (!number || !color)
            return bad_entries();
        entries.emplace_back(*number, *color);
    }
    return entries.empty() ? Result<Colormap>(bad_entries()) : Colormap::of_exact(std::move(entries));
}

Result<Colormap> ColormapEntries::intervals(const Json& json) {
    std::vector<Interval> all;
    for (const Json& entry : json.items()) {
        const auto& parts = entry.items();
        const auto color = parts.size() == 3 ? color_from(parts[2]) : std::nullopt;
        if (!color || !parts[0].is_number() || !parts[1].is_number())
            return bad_entries();
        all.push_back({parts[0].as_number(), parts[1].as_number(), *color});
    }
    Colormap map;
    map.kind_ = Colormap::Kind::Steps;
    map.entries_ = steps_of(all);
    return all.empty() ? Result<Colormap>(bad_entries()) : map;
}

Result<Colormap> ColormapEntries::parse(std::string_view text) {
    const auto json = Json::parse(text);
    if (!json || json->members().size() > kMaxEntries || json->items().size() > kMaxEntries)
        return bad_entries();
    if (json->find("type") != nullptr)
        return typed(*json);
    return json->is_object() ? classes(*json) : intervals(*json);
}

} // namespace landfall::imagery

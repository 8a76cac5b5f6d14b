#include "imagery/colormap.hpp"

#include "core/text.hpp"
#include "imagery/band_names.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace landfall::imagery {
namespace {

struct Ramp {
    std::string_view group, name;
    std::string_view colors;    ///< hexadecimal, separated by spaces
    std::string_view positions; ///< thousandths, as many as colours; empty: evenly spaced
};

// Control points as published: matplotlib's perceptual maps, Google's turbo, the ColorBrewer schemes, Moreland's
// cool-warm, and the classic piecewise ramps.
constexpr Ramp kRamps[] = {
    {"perceptual", "viridis", "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725", ""},
    {"perceptual", "plasma", "0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921", ""},
    {"perceptual", "inferno", "000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4", ""},
    {"perceptual", "magma", "000004 180f3d 440f76 721f81 9e2f7f cd4071 f1605d fd9668 feca8d fcfdbf", ""},
    {"perceptual", "cividis", "00204d 00336f 39486b 575c6d 707173 8a8779 a69d75 c4b56c e4cf5b ffea46", ""},
    {"perceptual", "turbo",
     "30123b 4145ab 4675ed 39a2fc 1bcfd4 24eca6 61fc6c a4fc3b d1e834 f3c63a fe9b2d f36315 d93806 b11901 7a0402", ""},
    {"sequential", "gray", "000000 ffffff", ""},
    {"sequential", "greys", "ffffff f0f0f0 d9d9d9 bdbdbd 969696 737373 525252 252525 000000", ""},
    {"sequential", "blues", "f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b", ""},
    {"sequential", "greens", "f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b", ""},
    {"sequential", "reds", "fff5f0 fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d", ""},
    {"sequential", "oranges", "fff5eb fee6ce fdd0a2 fdae6b fd8d3c f16913 d94801 a63603 7f2704", ""},
    {"sequential", "purples", "fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d", ""},
    {"sequential", "ylorrd", "ffffcc ffeda0 fed976 feb24c fd8d3c fc4e2a e31a1c bd0026 800026", ""},
    {"sequential", "ylgn", "ffffe5 f7fcb9 d9f0a3 addd8e 78c679 41ab5d 238443 006837 004529", ""},
    {"sequential", "ylgnbu", "ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58", ""},
    {"sequential", "gnbu", "f7fcf0 e0f3db ccebc5 a8ddb5 7bccc4 4eb3d3 2b8cbe 0868ac 084081", ""},
    {"diverging", "rdylgn", "a50026 d73027 f46d43 fdae61 fee08b ffffbf d9ef8b a6d96a 66bd63 1a9850 006837", ""},
    {"diverging", "rdylbu", "a50026 d73027 f46d43 fdae61 fee090 ffffbf e0f3f8 abd9e9 74add1 4575b4 313695", ""},
    {"diverging", "spectral", "9e0142 d53e4f f46d43 fdae61 fee08b ffffbf e6f598 abdda4 66c2a5 3288bd 5e4fa2", ""},
    {"diverging", "rdbu", "67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061", ""},
    {"diverging", "brbg", "543005 8c510a bf812d dfc27d f6e8c3 f5f5f5 c7eae5 80cdc1 35978f 01665e 003c30", ""},
    {"diverging", "piyg", "8e0152 c51b7d de77ae f1b6da fde0ef f7f7f7 e6f5d0 b8e186 7fbc41 4d9221 276419", ""},
    {"diverging", "coolwarm", "3b4cc0 6788ee 9abbff c9d7f0 edd1c2 f7a889 e26952 b40426", ""},
    {"terrain", "terrain", "333399 0099ff 00cc66 ffff99 805c54 ffffff", "0 150 250 500 750 1000"},
    {"other", "jet", "000080 0000ff 00ffff ffff00 ff0000 800000", "0 125 375 625 875 1000"},
    {"other", "hot", "0b0000 ff0000 ffff00 ffffff", "0 365 746 1000"},
};

constexpr std::size_t kMaxEntries = 4096;

std::optional<Rgba> parse_hex(std::string_view text) {
    if (text.starts_with('#'))
        text.remove_prefix(1);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size() || (text.size() != 6 && text.size() != 8))
        return std::nullopt;
    if (text.size() == 6)
        value = value << 8 | 0xFF;
    return rgba(value >> 24 & 255, value >> 16 & 255, value >> 8 & 255, value & 255);
}

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

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        found.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

Rgba blend(Rgba a, Rgba b, double share) {
    Rgba mixed = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        const double from = a >> shift & 255, to = b >> shift & 255;
        mixed |= static_cast<Rgba>(std::lround(from + (to - from) * share)) << shift;
    }
    return mixed;
}

std::array<Rgba, 256> interpolated(const Ramp& ramp) {
    std::vector<Rgba> colors;
    for (const auto word : words(ramp.colors))
        colors.push_back(parse_hex(word).value_or(0));
    std::vector<double> positions;
    for (const auto word : words(ramp.positions)) {
        int thousandths = 0;
        std::from_chars(word.data(), word.data() + word.size(), thousandths);
        positions.push_back(thousandths / 1000.0);
    }
    for (std::size_t i = 0; positions.size() < colors.size(); ++i)
        positions.push_back(static_cast<double>(i) / static_cast<double>(colors.size() - 1));
    std::array<Rgba, 256> result{};
    std::size_t segment = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const double at = static_cast<double>(i) / 255.0;
        while (segment + 2 < colors.size() && at > positions[segment + 1])
            ++segment;
        const double span = positions[segment + 1] - positions[segment];
        result[i] = blend(colors[segment], colors[segment + 1], std::clamp((at - positions[segment]) / span, 0.0, 1.0));
    }
    return result;
}

std::string ramp_names() {
    std::string names;
    for (const Ramp& ramp : kRamps)
        names += fmt::format("{}, ", ramp.name);
    return names.append(kClassColors);
}

/// Of the first classes, told apart at a glance; 0 is mostly what belongs to none.
constexpr std::array<Rgba, 24> kClasses = {
    rgba(0xd9, 0xd9, 0xd9), rgba(0x1f, 0x78, 0xb4), rgba(0x33, 0xa0, 0x2c), rgba(0xe3, 0x1a, 0x1c),
    rgba(0xff, 0x7f, 0x00), rgba(0x6a, 0x3d, 0x9a), rgba(0xff, 0xd9, 0x2f), rgba(0xb1, 0x59, 0x28),
    rgba(0xa6, 0xce, 0xe3), rgba(0xb2, 0xdf, 0x8a), rgba(0xfb, 0x9a, 0x99), rgba(0xfd, 0xbf, 0x6f),
    rgba(0xca, 0xb2, 0xd6), rgba(0x17, 0xbe, 0xcf), rgba(0xe7, 0x29, 0x8a), rgba(0x66, 0x66, 0x66),
    rgba(0xbc, 0xbd, 0x22), rgba(0x00, 0x80, 0x80), rgba(0x00, 0x00, 0x80), rgba(0x80, 0x00, 0x00),
    rgba(0x55, 0x6b, 0x2f), rgba(0xff, 0x00, 0xff), rgba(0x00, 0xff, 0x7f), rgba(0xd2, 0x69, 0x1e),
};

/// A colour of full strength: `hue` in turns, `value` the brightest channel.
Rgba of_hue(double hue, double saturation, double value) {
    const auto channel = [&](double turn) {
        const double at = std::abs((hue + turn - std::floor(hue + turn)) * 6 - 3) - 1;
        const double full = std::clamp(at, 0.0, 1.0);
        return static_cast<std::uint32_t>(std::lround(255 * value * (1 - saturation * (1 - full))));
    };
    return rgba(channel(0), channel(2.0 / 3), channel(1.0 / 3));
}

/// Steps of the golden ratio lay hues of neighbours far apart, and of no two numbers upon each other.
Rgba class_color(double value) {
    if (value >= 0 && value < static_cast<double>(kClasses.size()))
        return kClasses[static_cast<std::size_t>(value)];
    constexpr double kGolden = 0.6180339887498949;
    const double turn = std::fmod(std::abs(value), 1e6) * kGolden + (value < 0 ? 0.5 : 0);
    const auto shade = static_cast<int>(std::fmod(std::abs(value), 3));
    return of_hue(turn - std::floor(turn), shade == 1 ? 0.5 : 0.85, shade == 2 ? 0.6 : 0.95);
}

tl::unexpected<Error> bad_entries() {
    return fail_field("colormap",
                      "Write classes as {\"1\": \"#ff0000\"} or intervals as [[low, high, \"#ff0000\"]], at "
                      "most 4096 entries; colours are #rrggbb, #rrggbbaa or lists of 3 or 4 bytes.");
}

} // namespace

Colormap Colormap::of_classes(std::vector<std::pair<int, Rgba>> classes) {
    Colormap map;
    std::stable_sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& entry : classes) {
        if (!map.classes_.empty() && map.classes_.back().first == entry.first)
            map.classes_.back() = entry;
        else
            map.classes_.push_back(entry);
    }
    return map;
}

Result<Colormap> Colormap::parse_entries(std::string_view text) {
    const auto json = Json::parse(text);
    if (!json || json->members().size() > kMaxEntries || json->items().size() > kMaxEntries)
        return bad_entries();
    std::vector<std::pair<int, Rgba>> classes;
    for (const auto& [key, value] : json->members()) {
        int number = 0;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
        const auto color = color_from(value);
        if (error != std::errc() || end != key.data() + key.size() || !color)
            return bad_entries();
        classes.emplace_back(number, *color);
    }
    Colormap map = of_classes(std::move(classes));
    for (const Json& entry : json->items()) {
        const auto& parts = entry.items();
        if (parts.size() != 3 || !parts[0].is_number() || !parts[1].is_number() || !color_from(parts[2]))
            return bad_entries();
        map.intervals_.push_back({parts[0].as_number(), parts[1].as_number(), *color_from(parts[2])});
    }
    if (map.is_ramp())
        return bad_entries();
    return map;
}

Result<Colormap> Colormap::parse(std::string_view text) {
    if (text.starts_with('{') || text.starts_with('['))
        return parse_entries(text);
    const std::string lower = lower_case(text);
    Colormap map;
    if (lower == kClassColors) {
        map.by_number_ = true;
        return map;
    }
    const bool reversed = lower.ends_with("_r");
    std::string_view name = reversed ? std::string_view(lower).substr(0, lower.size() - 2) : std::string_view(lower);
    if (name == "grey" || name == "grays")
        name = name == "grey" ? "gray" : "greys";
    const auto* const ramp =
        std::find_if(std::begin(kRamps), std::end(kRamps), [&](const Ramp& known) { return known.name == name; });
    if (ramp == std::end(kRamps))
        return fail_field("colormap", fmt::format("There is no colormap '{}'. Known ones: {}; append _r to reverse.",
                                                  text.substr(0, 60), ramp_names()));
    map.ramp_ = interpolated(*ramp);
    if (reversed)
        std::reverse(map.ramp_.begin(), map.ramp_.end());
    return map;
}

Rgba Colormap::color_of(double value) const {
    if (by_number_)
        return value == std::floor(value) ? class_color(value) : 0;
    if (!classes_.empty()) {
        const auto found = std::lower_bound(classes_.begin(), classes_.end(), value,
                                            [](const auto& entry, double wanted) { return entry.first < wanted; });
        return found != classes_.end() && found->first == value ? found->second : 0;
    }
    for (const auto& interval : intervals_)
        if (value >= interval.low && value < interval.high)
            return interval.color;
    return 0;
}

std::vector<ColormapGroup> colormap_groups() {
    std::vector<ColormapGroup> groups;
    for (const Ramp& ramp : kRamps) {
        if (groups.empty() || groups.back().name != ramp.group)
            groups.push_back({ramp.group, {}});
        groups.back().ramps.push_back(ramp.name);
    }
    groups.push_back({"qualitative", {kClassColors}});
    return groups;
}

} // namespace landfall::imagery

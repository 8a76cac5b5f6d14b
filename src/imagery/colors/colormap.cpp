#include "imagery/colors/colormap.hpp"

#include "core/text.hpp"
#include "imagery/colors/colormap_entries.hpp"
#include "imagery/colors/ramps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::imagery {
namespace {

std::string ramp_names() {
    std::string names;
    for (const Ramp& ramp : ramps())
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

/// The last entry whose value is not beyond this one; null below the first.
const Colormap::Entry* entry_below(const std::vector<Colormap::Entry>& entries, double value) {
    const auto above = std::ranges::upper_bound(entries, value, {}, &Colormap::Entry::first);
    return above == entries.begin() ? nullptr : &*std::prev(above);
}

Rgba color_between(const std::vector<Colormap::Entry>& entries, double value) {
    const auto* const below = entry_below(entries, value);
    if (below == nullptr)
        return entries.front().second;
    if (below == &entries.back())
        return below->second;
    const auto& above = *(below + 1);
    return blend(below->second, above.second, (value - below->first) / (above.first - below->first));
}

} // namespace

Colormap Colormap::of_exact(std::vector<Entry> entries) {
    Colormap map;
    map.kind_ = Kind::Exact;
    for (Entry& entry : entries)
        entry.first = static_cast<double>(static_cast<float>(entry.first));
    std::ranges::stable_sort(entries, {}, &Entry::first);
    for (const Entry& entry : entries) {
        if (!map.entries_.empty() && map.entries_.back().first == entry.first)
            map.entries_.back() = entry;
        else
            map.entries_.push_back(entry);
    }
    return map;
}

Colormap Colormap::of_classes(const std::vector<std::pair<int, Rgba>>& classes) {
    std::vector<Entry> entries;
    entries.reserve(classes.size());
    for (const auto& [value, color] : classes)
        entries.emplace_back(value, color);
    return of_exact(std::move(entries));
}

Result<Colormap> Colormap::parse(std::string_view text) {
    if (text.starts_with('{') || text.starts_with('['))
        return ColormapEntries::parse(text);
    Colormap map;
    const std::string name = lower_case(text);
    if (name == kClassColors) {
        map.kind_ = Kind::Numbers;
        return map;
    }
    const bool reversed = name.ends_with("_r");
    const Ramp* const ramp = find_ramp(std::string_view(name).substr(0, name.size() - (reversed ? 2 : 0)));
    if (ramp == nullptr)
        return fail_field("colormap", fmt::format("There is no colormap '{}'. Known ones: {}; append _r to reverse.",
                                                  text.substr(0, 60), ramp_names()));
    map.ramp_ = colors_of(*ramp);
    if (reversed)
        std::ranges::reverse(map.ramp_);
    return map;
}

Rgba Colormap::color_of(double value) const {
    switch (kind_) {
    case Kind::Numbers:
        return value == std::floor(value) ? class_color(value) : 0;
    case Kind::Linear:
        return color_between(entries_, value);
    case Kind::Steps: {
        const Entry* const step = entry_below(entries_, value);
        return step == nullptr ? 0 : step->second;
    }
    case Kind::Exact: {
        const Entry* const entry = entry_below(entries_, value);
        return entry != nullptr && entry->first == static_cast<double>(static_cast<float>(value)) ? entry->second : 0;
    }
    case Kind::Ramp:
        break;
    }
    return 0;
}

std::vector<ColormapGroup> colormap_groups() {
    std::vector<ColormapGroup> groups;
    for (const Ramp& ramp : ramps()) {
        if (groups.empty() || groups.back().name != ramp.group)
            groups.push_back({ramp.group, {}});
        groups.back().ramps.push_back(ramp.name);
        if (ramp.group == "qualitative" && groups.back().ramps.size() == 1)
            groups.back().ramps.insert(groups.back().ramps.begin(), kClassColors);
    }
    return groups;
}

} // namespace landfall::imagery

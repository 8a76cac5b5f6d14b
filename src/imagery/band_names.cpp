#include "imagery/band_names.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "imagery/band_roles.hpp"
#include "imagery/common_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::imagery {
namespace {

/// N of `b<N>` without leading zero, else 0. `marks` are the letters accepted.
int numbered(std::string_view name, std::string_view marks) {
    if (name.size() < 2 || name.size() > 6 || marks.find(name[0]) == std::string_view::npos || name[1] == '0')
        return 0;
    return number_in<int>(name.substr(1)).value_or(0);
}

} // namespace

BandNames BandNames::of(const Facts& facts) {
    if (!facts.raster)
        return {};
    BandNames names(facts.raster->band_count);
    const auto& bands = facts.raster->bands;
    for (std::size_t i = 0; i < bands.size(); ++i)
        names.add(bands[i].name, static_cast<int>(i) + 1);
    for (std::size_t i = 0; i < bands.size(); ++i)
        names.add(bands[i].description, static_cast<int>(i) + 1);
    for (std::size_t i = 0; i < bands.size(); ++i) {
        const std::string& role = bands[i].color_interpretation;
        if (role == "red" || role == "green" || role == "blue" || role == "alpha")
            names.add(role, static_cast<int>(i) + 1);
    }
    const auto common = common_names(bands);
    for (std::size_t i = 0; i < common.size(); ++i)
        names.add(common[i], static_cast<int>(i) + 1);
    names.add_roles(common);
    return names;
}

void BandNames::add_roles(const std::vector<std::string>& common) {
    int red_edges = 0;
    for (std::size_t i = 0; i < common.size(); ++i) {
        const int band = static_cast<int>(i) + 1;
        if (common[i] == "rededge")
            add(fmt::format("rededge{}", ++red_edges), band);
        else
            add(canonical_role(common[i]), band);
    }
    const auto named = aliases_;
    for (const auto& [name, band] : named)
        if (const std::string role = canonical_role(name); is_role(role))
            add(role, band);
}

int BandNames::find_named(std::string_view name) const {
    const std::string lower = lower_case(name);
    for (const auto& [known, band] : aliases_)
        if (lower_case(known) == lower)
            return band;
    return 0;
}

void BandNames::add(std::string_view name, int band) {
    if (name.empty() || band < 1 || band > count_ || numbered(name, "b") != 0)
        return;
    const std::string lower = lower_case(name);
    for (const auto& [known, known_band] : aliases_)
        if (lower_case(known) == lower)
            return;
    aliases_.emplace_back(name, band);
}

int BandNames::find(std::string_view name) const {
    if (const int number = numbered(name, "b"))
        return number <= count_ ? number : 0;
    if (const int band = find_named(name))
        return band;
    if (const int band = find_named(canonical_role(name)))
        return band;
    const int number = numbered(name, "B");
    return number <= count_ ? number : 0;
}

std::string BandNames::listed() const {
    std::string text = count_ == 1 ? "b1" : fmt::format("b1 to b{}", count_);
    const std::size_t shown = std::min<std::size_t>(aliases_.size(), 40);
    for (std::size_t i = 0; i < shown; ++i)
        text += ", " + aliases_[i].first.substr(0, 60);
    return text;
}

} // namespace landfall::imagery

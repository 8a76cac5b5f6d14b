#include "imagery/band_roles.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace landfall::imagery {
namespace {

constexpr std::string_view kRoles[] = {"coastal",  "blue",     "green",    "green_i", "yellow",   "red",
                                       "rededge1", "rededge2", "rededge3", "nir",     "nir08",    "nir09",
                                       "cirrus",   "swir1",    "swir2",    "lwir",    "lwir2",    "pan",
                                       "alpha",    "gray",     "vv",       "vh",      "elevation"};

/// Other spellings, those of STAC's common names among them.
constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
    {"r", "red"},
    {"g", "green"},
    {"b", "blue"},
    {"near_infrared", "nir"},
    {"infrared", "nir"},
    {"nir1", "nir"},
    {"nir2", "nir09"},
    {"rededge", "rededge1"},
    {"red_edge", "rededge1"},
    {"red_edge1", "rededge1"},
    {"red_edge2", "rededge2"},
    {"red_edge3", "rededge3"},
    {"rededge071", "rededge1"},
    {"rededge075", "rededge2"},
    {"rededge078", "rededge3"},
    {"swir", "swir1"},
    {"swir16", "swir1"},
    {"swir22", "swir2"},
    {"lwir11", "lwir"},
    {"lwir12", "lwir2"},
    {"panchromatic", "pan"},
    {"dem", "elevation"},
    {"dsm", "elevation"},
    {"dtm", "elevation"},
    {"height", "elevation"},
};

} // namespace

std::string canonical_role(std::string_view name) {
    const std::string lower = lower_case(name);
    for (const auto& [spelling, meant] : kSpellings)
        if (lower == spelling)
            return std::string(meant);
    return lower;
}

bool is_role(std::string_view name) {
    return std::ranges::find(kRoles, name) != std::end(kRoles);
}

} // namespace landfall::imagery

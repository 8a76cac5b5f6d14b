#include "stac/input/identifiers.hpp"

#include <algorithm>
#include <array>

namespace landfall::stac {
namespace {

constexpr std::size_t kLongest = 255;
/// What else lies at the root of the server, and the collection of items without one.
constexpr std::array<std::string_view, 16> kReserved{
    "api", "app",     "v1",     "stac",    "storage", "realms",  "share",        "setup",
    "ogc", "healthz", "readyz", "metrics", "docs",    "checker", "openapi.json", "uncollected"};

bool is_id(std::string_view id) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return !id.empty() && std::ranges::all_of(id, is_allowed);
}

} // namespace

void check_id(Faults& faults, std::string_view id) {
    if (!is_id(id))
        faults.add({"id"}, "Invalid id, only the following characters are allowed: 0-9a-z-_.");
    else if (id == "." || id == "..")
        faults.add({"id"}, "Invalid id, it stands for another part of a path");
    if (id.size() > kLongest)
        faults.add({"id"}, "Ensure this field has no more than 255 characters.");
}

void check_collection_id(Faults& faults, std::string_view id) {
    check_id(faults, id);
    if (std::ranges::find(kReserved, id) != kReserved.end())
        faults.add({"id"}, "Invalid id, it is reserved: this server has other things under that path");
}

} // namespace landfall::stac

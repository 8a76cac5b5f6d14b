#include "domain/stac/told_properties.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace landfall::domain {
namespace {

bool is_never_told(const Json&) {
    return false;
}

bool is_text(const Json& value) {
    return value.is_string();
}

bool is_some_text(const Json& value) {
    return !value.as_view().empty();
}

bool is_text_or_null(const Json& value) {
    return value.is_string() || value.is_null();
}

bool is_integer_or_null(const Json& value) {
    return value.is_integer() || value.is_null();
}

bool is_object_or_null(const Json& value) {
    return value.is_object() || value.is_null();
}

bool is_percent(const Json& value) {
    return value.is_number() && value.as_number() >= 0 && value.as_number() <= 100;
}

bool is_texts(const Json& value) {
    return value.is_array() && std::ranges::all_of(value.items(), is_text);
}

bool is_license(const Json& value) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.+").find(c) != std::string_view::npos;
    };
    return is_some_text(value) && std::ranges::all_of(value.as_view(), plain);
}

bool is_nodata(const Json& value) {
    return value.is_number() || value == Json("nan") || value == Json("inf") || value == Json("-inf");
}

bool is_provider(const Json& value) {
    constexpr std::array<std::string_view, 4> kRoles{"producer", "licensor", "processor", "host"};
    const auto is_role = [&](const Json& role) { return std::ranges::find(kRoles, role.as_view()) != kRoles.end(); };
    const auto absent_or_text = [&](std::string_view name) {
        const Json* member = value.find(name);
        return member == nullptr || member->is_string();
    };
    const Json* roles = value.find("roles");
    return is_some_text(value["name"]) && absent_or_text("description") && absent_or_text("url") &&
           (roles == nullptr || (roles->is_array() && std::ranges::all_of(roles->items(), is_role)));
}

bool is_providers(const Json& value) {
    return value.is_array() && std::ranges::all_of(value.items(), is_provider);
}

template<std::size_t... counts>
bool is_numbers(const Json& value) {
    return value.is_array() && ((value.items().size() == counts) || ...) &&
           std::ranges::all_of(value.items(), [](const Json& entry) { return entry.is_number(); });
}

bool is_shape(const Json& value) {
    return is_numbers<2>(value) && std::ranges::all_of(value.items(), [](const Json& n) { return n.is_integer(); });
}

bool is_centroid(const Json& value) {
    const Json& lat = value["lat"];
    const Json& lon = value["lon"];
    return lat.is_number() && lon.is_number() && std::abs(lat.as_number()) <= 90 && std::abs(lon.as_number()) <= 180;
}

struct Form {
    std::string_view name;
    bool (*holds)(const Json&);
};

constexpr Form kForms[] = {
    {"description", is_some_text},
    {"keywords", is_texts},
    {"roles", is_texts},
    {"license", is_license},
    {"providers", is_providers},
    {"platform", is_text},
    {"constellation", is_text},
    {"mission", is_text},
    {"instruments", is_texts},
    {"unit", is_text},
    {"nodata", is_nodata},
    {"data_type", is_never_told},
    {"statistics", is_never_told},
    {"bands", is_never_told}, // only beside those of assets
    {"proj:epsg", is_integer_or_null},
    {"proj:code", is_text_or_null},
    {"proj:wkt2", is_text_or_null},
    {"proj:projjson", is_object_or_null},
    {"proj:bbox", is_numbers<4, 6>},
    {"proj:shape", is_shape},
    {"proj:transform", is_numbers<6, 9>},
    {"proj:centroid", is_centroid},
    {"eo:snow_cover", is_percent},
};

bool is_told(const Json::Member& member) {
    const std::string_view name = member.first;
    const auto* form = std::ranges::find(kForms, name, &Form::name);
    if (form != std::end(kForms))
        return form->holds(member.second);
    // Extensions know all their fields.
    return !name.starts_with("proj:") && !name.starts_with("eo:") && !name.starts_with("raster:");
}

} // namespace

Json told_properties(const Json& given) {
    Json told = Json::object();
    for (const Json::Member& member : given.members())
        if (is_told(member))
            told.members().push_back(member);
    return told;
}

} // namespace landfall::domain

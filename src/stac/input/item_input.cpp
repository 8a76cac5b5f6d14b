#include "stac/input/item_input.hpp"

#include "geo/geojson.hpp"
#include "stac/input/durations.hpp"
#include "stac/input/geometry.hpp"
#include "stac/input/identifiers.hpp"
#include "stac/input/user_links.hpp"

#include <fmt/format.h>

#include <array>
#include <tuple>

namespace landfall::stac {
namespace {

constexpr std::array<std::string_view, 4> kWritable{"id", "geometry", "properties", "links"};
constexpr std::array<std::string_view, 5> kWithAssets{"id", "geometry", "properties", "links", "assets"};
constexpr std::array<std::string_view, 6> kReadOnly{"type", "stac_version", "stac_extensions",
                                                    "bbox", "collection",   "assets"};

Given<std::string> read_duration(Members& properties, std::string_view name) {
    auto text = properties.text(name, {.longest = 64});
    if (!text || !*text)
        return text;
    auto normal = normalized_duration(**text);
    if (!normal) {
        properties.fault(name, "Duration has wrong format. Use one of these formats instead: P[nD]T[nH][nM][nS].");
        return {};
    }
    return normal;
}

void read_properties(const Json& body, Faults& faults, ItemInput& input) {
    Members p(body["properties"], faults, {"properties"});
    if (!body["properties"].is_object())
        return;
    input.has_properties = true;
    input.datetime = p.time("datetime");
    input.start_datetime = p.time("start_datetime");
    input.end_datetime = p.time("end_datetime");
    input.title = p.text("title", {.longest = 255});
    input.expires = p.time("expires");
    input.reference_datetime = p.time("forecast:reference_datetime");
    input.horizon = read_duration(p, "forecast:horizon");
    input.duration = read_duration(p, "forecast:duration");
    input.variable = p.text("forecast:variable", {.longest = 4096});
    input.perturbed = p.boolean("forecast:perturbed");
}

Status check_times(const catalog::ItemRow& row) {
    const bool any_end = row.start_datetime || row.end_datetime;
    if (row.datetime && any_end)
        return refuse_field(kNonField, "Cannot provide together property datetime with datetime range "
                                       "(start_datetime, end_datetime)");
    if (!row.datetime && !any_end)
        return refuse_field(kNonField, "Either property datetime or both properties start_datetime and end_datetime "
                                       "must be given");
    if (any_end && (!row.start_datetime || !row.end_datetime))
        return refuse_field(kNonField, row.start_datetime
                                           ? "Property end_datetime is missing, it must be given with start_datetime"
                                           : "Property start_datetime is missing, it must be given with end_datetime");
    if (any_end && *row.end_datetime < *row.start_datetime)
        return refuse_field(kNonField, "Property end_datetime can't refer to a date earlier than property "
                                       "start_datetime");
    return {};
}

void lay(Json& properties, std::string_view name, bool replaces, const std::optional<std::optional<Json>>& given) {
    if (!given && !replaces)
        return;
    if (given && *given)
        properties.set(name, **given);
    else
        properties.erase(name);
}

template<typename T, typename Convert>
std::optional<std::optional<Json>> as_json(const Given<T>& given, Convert convert) {
    if (!given)
        return std::nullopt;
    return *given ? std::optional<Json>(convert(**given)) : std::optional<Json>();
}

/// What lies among the properties.
void apply_properties(const ItemInput& input, catalog::ItemRow& row, bool replaces) {
    Json properties = Json::parse(row.properties).value_or(Json::object());
    const auto same = [](const auto& value) { return Json(value); };
    // As it was given, at the width by which texts of times compare as the times do.
    const auto time = [](Timestamp at) { return Json(format_rfc3339(at)); };
    lay(properties, "title", replaces, as_json(input.title, same));
    lay(properties, "forecast:reference_datetime", replaces, as_json(input.reference_datetime, time));
    lay(properties, "forecast:horizon", replaces, as_json(input.horizon, same));
    lay(properties, "forecast:duration", replaces, as_json(input.duration, same));
    lay(properties, "forecast:variable", replaces, as_json(input.variable, same));
    lay(properties, "forecast:perturbed", replaces, as_json(input.perturbed, same));
    row.properties = properties.dump();
}

auto told(const catalog::ItemRow& r) {
    return std::tuple(r.name, r.geometry, r.datetime, r.start_datetime, r.end_datetime, r.view_expires_at, r.properties,
                      r.links);
}

} // namespace

Result<ItemInput> read_item(const Json& body, const ItemTerms& terms) {
    const bool whole = terms.mode == Mode::Replace;
    Faults faults;
    Members members(body, faults);
    ItemInput input;
    const auto given_id = members.text("id", {.required = whole, .nullable = false});
    if (given_id)
        check_id(faults, **given_id);
    if (whole ? members.require("geometry") : body.find("geometry") != nullptr) {
        auto geometry = read_geometry(body["geometry"]);
        if (geometry)
            input.geometry = *std::move(geometry);
        else
            members.fault("geometry", geometry.error().message);
    }
    if (whole ? members.require("properties") : body.find("properties") != nullptr)
        read_properties(body, faults, input);
    input.links = read_links(body, faults);
    CHECK_OK(faults.status());
    if (terms.with_assets)
        check_names(body, faults, kWithAssets, kReadOnly);
    else
        check_names(body, faults, kWritable, kReadOnly);
    CHECK_OK(faults.status());
    if (input.links && *input.links)
        CHECK_OK(check_languages(**input.links));
    if (const auto expires = value_of(input.expires); expires && *expires < terms.now)
        return refuse_field(kNonField, "Property expires can't be in the past.");
    if (!terms.id.empty() && given_id && **given_id != terms.id)
        faults.say({"id"}, "Renaming is not allowed");
    CHECK_OK(faults.status());
    return input;
}

Result<bool> apply(const ItemInput& input, catalog::ItemRow& row, const ItemTerms& terms) {
    const auto before = told(row);
    const bool whole = terms.mode == Mode::Replace;
    if (input.geometry) {
        TRY(const geo::Bbox box, geo::geometry_bbox(*input.geometry));
        row.geometry = input.geometry->dump();
        row.bbox = geo::Bounds{box[0], box[1], box[2], box[3]};
    }
    if (whole || input.has_properties) {
        const auto lay_over = [whole](auto& target, const auto& given) {
            if (whole || given)
                target = value_of(given);
        };
        lay_over(row.datetime, input.datetime);
        lay_over(row.start_datetime, input.start_datetime);
        lay_over(row.end_datetime, input.end_datetime);
        lay_over(row.view_expires_at, input.expires);
        apply_properties(input, row, whole);
        if (whole || input.title)
            row.name = value_of(input.title).value_or(row.stac_id);
        CHECK_OK(check_times(row));
    }
    if (whole || input.links) {
        const auto links = value_of(input.links);
        row.links = links && !links->items().empty() ? std::optional(links->dump()) : std::nullopt;
    }
    return told(row) != before;
}

} // namespace landfall::stac

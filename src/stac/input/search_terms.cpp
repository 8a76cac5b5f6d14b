#include "stac/input/search_terms.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "stac/input/durations.hpp"
#include "stac/input/geometry.hpp"
#include "stac/input/members.hpp"
#include "stac/input/query_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace landfall::stac {
namespace {

constexpr std::size_t kMostIds = 2000;
constexpr std::array<std::string_view, 13> kKnown{"ids",
                                                  "collections",
                                                  "bbox",
                                                  "datetime",
                                                  "intersects",
                                                  "query",
                                                  "limit",
                                                  "cursor",
                                                  "forecast:reference_datetime",
                                                  "forecast:horizon",
                                                  "forecast:duration",
                                                  "forecast:variable",
                                                  "forecast:perturbed"};

std::vector<std::string> read_texts(const Json& terms, std::string_view name, Faults& faults) {
    std::vector<std::string> texts;
    const Json& list = terms[name];
    if (list.is_null())
        return texts;
    const auto is_text = [](const Json& entry) { return entry.is_string(); };
    if (!list.is_array() || !std::ranges::all_of(list.items(), is_text)) {
        faults.say({std::string(name)}, fmt::format("The {} must be an array of strings", name));
        return texts;
    }
    if (list.items().size() > kMostIds)
        faults.say({fmt::format("{}-length", name)},
                   fmt::format("The length of the list of {} must not exceed {}", name, kMostIds));
    for (const Json& entry : list.items())
        texts.push_back(entry.as_string());
    return texts;
}

std::optional<AskedTime> read_time_term(const Json& terms, std::string_view name, Faults& faults) {
    const Json& given = terms[name];
    if (given.is_null() || given == Json(""))
        return std::nullopt;
    auto time = given.is_string() ? read_datetime(given.as_view())
                                  : Result<AskedTime>(fail(Code::InvalidArgument, "Must be a string"));
    if (time)
        return *time;
    faults.say({std::string(name)}, time.error().message);
    return std::nullopt;
}

std::optional<geo::Footprint> read_intersects(const Json& given, Faults& faults) {
    if (given.is_null())
        return std::nullopt;
    const auto geometry = read_geometry(given);
    auto footprint = geometry ? geo::footprint_of(*geometry) : Result<geo::Footprint>(fail(geometry.error()));
    if (footprint)
        return *std::move(footprint);
    faults.say({"intersects"}, footprint.error().message);
    return std::nullopt;
}

/// Splits a list at its commas.
std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= text.size();) {
        const auto comma = std::min(text.find(',', from), text.size());
        std::string part = text.substr(from, comma - from);
        const auto first = part.find_first_not_of(' ');
        parts.push_back(first == std::string::npos ? "" : part.substr(first, part.find_last_not_of(' ') - first + 1));
        from = comma + 1;
    }
    return parts;
}

/// A number where the text is one, else the text.
Json number_or_text(const std::string& text) {
    const auto number = number_in<double>(text);
    return number ? Json(*number) : Json(text);
}

} // namespace

Result<geo::Bounds> read_bbox(const Json& numbers) {
    constexpr std::string_view kForm = "Invalid bbox query parameter: must be four numbers, west, south, east and "
                                       "north, in degrees (WGS 84), e.g. bbox=5.96,45.82,10.49,47.81";
    const auto& list = numbers.items();
    const bool all_numbers =
        numbers.is_array() && std::ranges::all_of(list, [](const Json& entry) { return entry.is_number(); });
    if (all_numbers && list.size() == 6)
        return not_implemented("3-dimensional bbox is currently not supported");
    if (!all_numbers || list.size() != 4)
        return fail(Code::InvalidArgument, std::string(kForm));
    geo::Bounds box{list[0].as_number(), list[1].as_number(), list[2].as_number(), list[3].as_number()};
    const auto off = [](double value, double most) { return !(value >= -most && value <= most); };
    if (off(box.west, 180) || off(box.east, 180) || off(box.south, 90) || off(box.north, 90))
        return fail(Code::InvalidArgument, std::string(kForm));
    if (box.south > box.north) { // both corners are exchanged
        std::swap(box.south, box.north);
        if (box.west > box.east)
            std::swap(box.west, box.east);
    }
    return box;
}

Result<AskedTime> read_datetime(std::string_view text) {
    const auto wrong = [] {
        return fail(Code::InvalidArgument, "Invalid datetime query parameter, must be an RFC 3339 time or an interval "
                                           "of two, of which one may be open: A/B, A/.., ../B");
    };
    const auto slash = text.find('/');
    AskedTime time;
    if (slash == std::string_view::npos) {
        const auto at = read_time(text);
        if (!at)
            return wrong();
        time.is_instant = true;
        time.range = {at, at};
        return time;
    }
    const auto side = [](std::string_view part, std::optional<Timestamp>& end) {
        if (!part.empty() && part != "..")
            end = read_time(part);
        return part.empty() || part == ".." || end;
    };
    if (!side(text.substr(0, slash), time.range.start) || !side(text.substr(slash + 1), time.range.end) ||
        (!time.range.start && !time.range.end))
        return wrong();
    if (time.range.start && time.range.end && *time.range.end < *time.range.start)
        return fail(Code::InvalidArgument, "Invalid datetime query parameter, the interval ends before it starts");
    return time;
}

Result<SearchTerms> read_search(const Json& terms) {
    Faults faults;
    SearchTerms out;
    for (const auto& [name, value] : terms.members())
        if (std::ranges::find(kKnown, std::string_view(name)) == kKnown.end())
            faults.say({clean_utf8(name, 200)}, "Unexpected property in payload");
    out.ids = read_texts(terms, "ids", faults);
    out.collections = read_texts(terms, "collections", faults);
    if (!terms["bbox"].is_null()) {
        auto box = read_bbox(terms["bbox"]);
        if (box)
            out.bbox = *box;
        else if (box.error().code == Code::Unsupported)
            return fail(std::move(box).error());
        else
            faults.say({"bbox"}, box.error().message);
    }
    out.datetime = read_time_term(terms, "datetime", faults);
    out.intersects = read_intersects(terms["intersects"], faults);
    add_query_conditions(terms["query"], faults, out.filters);
    if (const auto time = read_time_term(terms, "forecast:reference_datetime", faults))
        add_reference_time(*time, out.filters);
    add_forecast_conditions(terms, faults, out.filters);
    CHECK_OK(faults.status());
    return out;
}

Json members_of_url(const std::function<std::optional<std::string>(std::string_view)>& parameter) {
    Json members = Json::object();
    for (const std::string_view name : {"ids", "collections"})
        if (const auto text = parameter(name); text && !text->empty())
            members.set(name, Json::array_of(split(*text)));
    if (const auto text = parameter("bbox"); text && !text->empty()) {
        Json numbers = Json::array();
        for (const std::string& part : split(*text))
            numbers.push(number_or_text(part));
        members.set("bbox", std::move(numbers));
    }
    if (const auto text = parameter("datetime"); text && !text->empty())
        members.set("datetime", *text);
    for (const std::string_view name : {"intersects", "query"})
        if (const auto text = parameter(name); text && !text->empty())
            members.set(name, Json::parse(*text).value_or(Json(*text)));
    return members;
}

void ask_time(catalog::ItemQuery& query, const AskedTime& time) {
    using catalog::Comparison;
    using catalog::ItemFilter;
    const auto condition = [&](std::string_view column, Comparison comparison,
                               std::vector<catalog::FilterValue> values) {
        ItemFilter filter;
        filter.kind = ItemFilter::Kind::Condition;
        filter.condition = {{std::string(column), {}}, comparison, std::move(values)};
        query.filters.push_back(std::move(filter));
    };
    query.datetime = time.range; // overlap, for which there is an index; then exactly:
    if (time.range.start)
        condition("datetime", Comparison::Gte, {to_micros(*time.range.start)});
    if (time.range.end)
        condition("end", Comparison::Lte, {to_micros(*time.range.end)});
    if (time.is_instant)
        condition("start_datetime", Comparison::IsNull, {});
}

} // namespace landfall::stac

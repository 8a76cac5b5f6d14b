#include "domain/search/cql2_values.hpp"

#include "geo/geojson.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::size_t kMaxText = 4096; ///< bytes
constexpr std::size_t kMaxName = 1024; ///< bytes

/// The text of an instant in any of its forms.
std::optional<std::string_view> instant_text(const Json& json) {
    if (json.is_string())
        return json.as_view();
    if (json.members().size() != 1)
        return std::nullopt;
    const auto& [form, value] = json.members().front();
    if ((form != "timestamp" && form != "date") || !value.is_string())
        return std::nullopt;
    return value.as_view();
}

} // namespace

std::optional<std::string_view> property_name(const Json& json) {
    const Json* name = json.find("property");
    const bool plain = name != nullptr && name->is_string() && json.members().size() == 1 &&
                       name->as_view().size() <= kMaxName && name->as_view().find('\0') == std::string_view::npos;
    return plain ? std::optional(name->as_view()) : std::nullopt;
}

Result<catalog::FilterValue> scalar_value(const Json& json) {
    if (json.is_bool())
        return catalog::FilterValue(json.as_bool());
    if (json.is_integer())
        return catalog::FilterValue(json.as_integer());
    if (json.is_wide_integer())
        return fail(Code::InvalidArgument, "Integers have at most 64 bits, from -2^63 to 2^63 - 1");
    if (json.is_number())
        return catalog::FilterValue(json.as_number());
    const auto text = instant_text(json);
    if (!text)
        return fail(Code::InvalidArgument, "A value is a text, a number, true, false, or a timestamp or date; for "
                                           "absent values there is isNull");
    if (text->size() > kMaxText || text->find('\0') != std::string_view::npos)
        return fail(Code::InvalidArgument, fmt::format("A text has at most {} bytes, none of them U+0000", kMaxText));
    return catalog::FilterValue(std::string(*text));
}

Result<Span> instant_value(const Json& json) {
    const auto text = instant_text(json);
    if (!text || text->find('/') != std::string_view::npos)
        return fail(Code::InvalidArgument, "An instant is a text like 2026-05-18T04:21:00Z or 2026-05-18, also as "
                                           "{\"timestamp\": …} or {\"date\": …}");
    TRY(const TimeRange range, parse_time_range(*text));
    return Span{to_micros(*range.start), to_micros(*range.end)};
}

Result<Span> interval_value(const Json& json) {
    const Json* interval = json.find("interval");
    if (interval == nullptr)
        return instant_value(json);
    const auto& ends = interval->items();
    if (ends.size() != 2 || json.members().size() != 1)
        return fail(Code::InvalidArgument, "An interval is a list of two instants, or \"..\" for an open end");
    Span span{kEarliest, kLatest};
    if (ends[0] != Json("..")) {
        TRY(const Span from, instant_value(ends[0]));
        span.from = from.from;
    }
    if (ends[1] != Json("..")) {
        TRY(const Span to, instant_value(ends[1]));
        span.to = to.to;
    }
    if (span.to < span.from)
        return fail(Code::InvalidArgument, "The interval ends before it starts; swap its two sides");
    return span;
}

Result<geo::Footprint> shape_value(const Json& json) {
    const Json* bbox = json.find("bbox");
    if (bbox == nullptr || json.find("type") != nullptr) {
        CHECK_OK(geo::geometry_bbox(json));
        return geo::footprint_of(json);
    }
    std::vector<double> numbers;
    for (const Json& number : bbox->items()) {
        if (!number.is_number())
            return fail(Code::InvalidArgument, "A bbox is a list of four numbers: west, south, east, north");
        numbers.push_back(number.as_number());
    }
    TRY(const geo::Bbox box, geo::parse_bbox(numbers));
    return geo::footprint_of(geo::Bounds{box[0], box[1], box[2], box[3]});
}

std::size_t positions_of(const geo::Footprint& shape) {
    constexpr std::size_t kPositionBytes = 16;
    return 4 + shape.bytes.size() / kPositionBytes;
}

} // namespace landfall::domain

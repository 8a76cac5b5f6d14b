#include "catalog/search/item_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::catalog {
namespace {

using Type = ValueType;
/// A name that is no more than the STAC id is no title.
constexpr std::string_view kTitle = "(CASE WHEN i.name <> i.stac_id THEN folded_text(i.name) END)";
constexpr std::string_view kCollectionStacId = "(SELECT c.stac_id FROM collection c WHERE c.no = k.collection_no)";
constexpr Column kColumns[] = {
    {"id", "k.id", Type::Text, false},
    {"stac_id", "i.stac_id", Type::Text, false},
    {"collection", "i.collection_id", Type::Text, true},
    {"type", "k.type", Type::Text, false},
    {"name", "k.name", Type::Text, false},
    {"lifecycle_state", "i.lifecycle_state", Type::Text, false},
    {"description", "i.description", Type::Text, true},
    {"cloud_cover", "k.cloud_cover", Type::Number, true},
    {"gsd", "k.gsd", Type::Number, true},
    {"datetime", "k.t_start", Type::Instant, true},
    {"start_datetime", "i.start_datetime", Type::Instant, true},
    {"end_datetime", "i.end_datetime", Type::Instant, true},
    {"created_at", "k.created_at", Type::Instant, false},
    {"updated_at", "k.updated_at", Type::Instant, false},
    {"project_id", "i.project_id", Type::Text, false, false},
    {"collection_stac_id", kCollectionStacId, Type::Text, true, false},
    {"end", "k.t_end", Type::Instant, true, false},
    {"place", "k.west", Type::Number, true, false},
    {"title", kTitle, Type::Text, true, false},
    {"view_expires_at", "i.view_expires_at", Type::Instant, true, false},
};

std::optional<double> number_of(const FilterValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value))
        return *real;
    return std::nullopt;
}

} // namespace

const Column* column_of(const ItemField& field) {
    for (const Column& column : kColumns)
        if (column.name == field.column)
            return &column;
    return nullptr;
}

std::string any_of(const std::vector<std::string>& parts) {
    if (parts.size() == 1)
        return parts.front();
    return parts.empty() ? "1 = 0" : fmt::format("(({}))", fmt::join(parts, ") OR ("));
}

std::optional<std::string> bind_exactly(SqlWriter& out, const FilterValue& value) {
    const auto* integer = std::get_if<std::int64_t>(&value);
    const auto* real = std::get_if<double>(&value);
    if (integer == nullptr && real == nullptr)
        return std::nullopt;
    if (out.sqlite())
        return integer != nullptr ? out.bind(*integer) : out.bind(*real);
    const std::string text = integer != nullptr ? fmt::to_string(*integer) : fmt::to_string(*real);
    return fmt::format("CAST({} AS NUMERIC)", out.bind(text));
}

std::optional<std::string> bind_as(SqlWriter& out, Type type, const FilterValue& value) {
    if (type == Type::Text) {
        const auto* text = std::get_if<std::string>(&value);
        return text != nullptr ? std::optional(out.bind(*text)) : std::nullopt;
    }
    if (type == Type::Instant) {
        const auto* instant = std::get_if<std::int64_t>(&value);
        return instant != nullptr ? std::optional(out.bind(*instant)) : std::nullopt;
    }
    const auto number = number_of(value);
    return number ? std::optional(out.bind(*number)) : std::nullopt;
}

ItemField item_field(std::string_view name) {
    if (name == "eo:cloud_cover" || name == "properties.eo:cloud_cover")
        return {"cloud_cover", {}};
    constexpr std::string_view kPrefix = "properties.";
    if (name.starts_with(kPrefix)) {
        const std::string_view rest = name.substr(kPrefix.size());
        if (rest == "datetime" || rest == "start_datetime" || rest == "end_datetime" || rest == "gsd")
            return {std::string(rest), {}};
        return {"", {std::string(rest)}};
    }
    ItemField field{std::string(name), {}};
    const Column* column = column_of(field);
    return column != nullptr && column->spoken ? field : ItemField{"", {std::string(name)}};
}

bool needs_item_row(const ItemField& field) {
    const Column* column = column_of(field);
    return column == nullptr || column->sql.find("i.") != std::string_view::npos;
}

} // namespace landfall::catalog

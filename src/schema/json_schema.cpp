#include "schema/json_schema.hpp"

#include <cmath>

namespace landfall::schema {

void apply_rules(Json& schema, const Rules& rules) {
    const auto set_number = [&](std::string_view name, const std::optional<double>& value) {
        if (value && std::trunc(*value) == *value)
            schema.set(name, static_cast<std::int64_t>(*value));
        else if (value)
            schema.set(name, *value);
    };
    const auto set_count = [&](std::string_view name, const std::optional<std::size_t>& value) {
        if (value)
            schema.set(name, static_cast<std::uint64_t>(*value));
    };
    set_number("minimum", rules.min);
    set_number("maximum", rules.max);
    set_number("exclusiveMinimum", rules.exclusive_min);
    set_count("minLength", rules.min_length);
    set_count("maxLength", rules.max_length);
    set_count("minItems", rules.min_items);
    set_count("maxItems", rules.max_items);
    if (!rules.one_of.empty())
        schema.set("enum", Json::array_of(rules.one_of));
    if (!rules.format.empty())
        schema.set("format", rules.format);
    if (!rules.text.empty())
        schema.set("description", rules.text);
}

Json nullable_schema(Json schema) {
    const Json* type = schema.find("type");
    if (type == nullptr)
        return schema; // accepts anything already
    schema.set("type", Json::array({*type, Json("null")}));
    if (const Json* names = schema.find("enum")) {
        Json widened = *names;
        widened.push(Json());
        schema.set("enum", std::move(widened));
    }
    return schema;
}

Json closed_schema(Json schema) {
    if (const Json* entries = schema.find("items"))
        schema.set("items", closed_schema(*entries));
    if (const Json* found = schema.find("properties")) {
        Json properties = *found;
        for (auto& [name, property] : properties.members())
            property = closed_schema(std::move(property));
        schema.set("properties", std::move(properties));
        schema.set("additionalProperties", false);
    }
    return schema;
}

} // namespace landfall::schema

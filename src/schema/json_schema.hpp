#pragma once
/// The JSON Schema of what has a field table.

#include "core/ids.hpp"
#include "schema/fields.hpp"
#include "schema/named.hpp"

namespace landfall::schema {

/// Adds the bounds of `rules` to a JSON Schema.
void apply_rules(Json& schema, const Rules& rules);
/// The schema that also accepts null.
Json nullable_schema(Json schema);
/// The schema that accepts no member without a name in it, at any depth.
Json closed_schema(Json schema);

template<typename T>
Json json_schema(const Rules& rules = {});

/// Where `rules` speak of the entries, all but the description and the number of items goes to them.
template<typename T>
Json array_schema(const Rules& rules) {
    Rules entry_rules = rules;
    entry_rules.min_items = entry_rules.max_items = std::nullopt;
    entry_rules.text = {};
    Json schema = Json::object();
    schema.set("type", "array");
    schema.set("items", json_schema<T>(entry_rules));
    apply_rules(schema, {.text = rules.text, .min_items = rules.min_items, .max_items = rules.max_items});
    return schema;
}

template<Enumerated E>
void add_enum_schema(Json& schema) {
    Json names = Json::array();
    for (const auto& [value, name] : enum_names(Of<E>{}))
        names.push(Json(name));
    schema.set("type", "string");
    schema.set("enum", std::move(names));
}

/// An id is told from others by its prefix, so its schema shows one.
template<typename Tag>
void add_id_schema(Json& schema, const Id<Tag>& /*of_type*/) {
    schema.set("type", "string");
    schema.set("examples", Json::array({std::string(Tag::prefix) + "01k2zv5n8q3w7r9t4x6b0c1d2e"}));
}

/// Whether an input says its default where it is not required.
template<typename M>
inline constexpr bool has_default =
    !is_optional<M> && !is_absentable<M> && !is_vector<M> && !is_raw<M> && !Described<M> && !StrongId<M>;

template<Described T>
void add_members_schema(Json& schema) {
    schema.set("title", published_name<T>());
    schema.set("type", "object");
    Json properties = Json::object();
    Json required = Json::array();
    const T defaults{};
    const auto add = [&](const auto& f) {
        using M = std::remove_cvref_t<decltype(defaults.*(f.member))>;
        Json property = json_schema<M>(f.rules);
        if (f.rules.required) {
            required.push(Json(f.name));
        } else if constexpr (has_default<M>) {
            if (auto text = Json::parse(to_json_text(defaults.*(f.member))))
                property.set("default", std::move(*text));
        }
        properties.set(f.name, std::move(property));
    };
    schema::apply([&](const auto&... f) { (add(f), ...); }, describe(Of<T>{}));
    schema.set("properties", std::move(properties));
    if (!required.items().empty())
        schema.set("required", std::move(required));
}

/// The JSON Schema (2020-12) of a type as an input or output. Of a struct it is whole, with its published name as
/// title: what publishes several may share them by that.
template<typename T>
Json json_schema(const Rules& rules) {
    Json schema = Json::object();
    if constexpr (is_optional<T>) {
        return nullable_schema(json_schema<typename T::value_type>(rules));
    } else if constexpr (is_absentable<T>) {
        return json_schema<typename decltype(T::value)::value_type>(rules);
    } else if constexpr (requires { typename T::Form; }) {
        return json_schema<typename T::Form>(rules);
    } else if constexpr (is_vector<T>) {
        return array_schema<typename T::value_type>(rules);
    } else if constexpr (is_array<T>) {
        Rules whole = rules;
        whole.min_items = whole.max_items = std::tuple_size_v<T>;
        return array_schema<typename T::value_type>(whole);
    } else if constexpr (std::same_as<T, std::string>) {
        schema.set("type", "string");
    } else if constexpr (StrongId<T>) {
        add_id_schema(schema, T());
    } else if constexpr (std::same_as<T, bool>) {
        schema.set("type", "boolean");
    } else if constexpr (Enumerated<T>) {
        add_enum_schema<T>(schema);
    } else if constexpr (std::integral<T>) {
        schema.set("type", "integer");
    } else if constexpr (std::same_as<T, double>) {
        schema.set("type", "number");
    } else if constexpr (std::same_as<T, Timestamp>) {
        schema.set("type", "string");
        schema.set("format", "date-time");
    } else if constexpr (std::same_as<T, JsonObject>) {
        schema.set("type", "object");
    } else if constexpr (Described<T>) {
        add_members_schema<T>(schema);
    }
    apply_rules(schema, rules);
    return schema;
}

} // namespace landfall::schema

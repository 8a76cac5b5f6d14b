#pragma once
/// The field table of a struct. One table beside the struct gives parsing, validation (all faults at once), writing,
/// JSON Schema (`json_schema.hpp`), and through the schema the command line's flags.
///
///     struct Box { std::string name; std::optional<double> height; };
///     constexpr auto describe(schema::Of<Box>) {
///         return schema::fields(schema::field("name", &Box::name, {.text = "Shown on the map", .required = true}),
///                           schema::field("height", &Box::height, {.text = "Metres", .min = 0}));
///     }
///
/// A member that is not `required` keeps its default when absent. `null` is accepted for std::optional members only.
/// Supported: std::string, bool, integers, double, Timestamp, Json, JsonObject, RawJson and RawOf (output), enums with
/// `enum_names`, strong ids, std::optional, std::vector, std::array (as many entries, no fewer) and described structs
/// of them.

#include "core/result.hpp"
#include "core/time.hpp"
#include "schema/json.hpp"
#include "schema/list.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace landfall::schema {

/// Names a type for the overloads of `describe` and `enum_names`, which argument-dependent look-up finds.
template<typename T>
struct Of {};

/// What a field may hold, beyond its type.
struct Rules {
    std::string_view text; ///< description, with units
    bool required = false; ///< input: must be present; output: always present (published as such)
    std::optional<double> min, max, exclusive_min;
    std::optional<std::size_t> min_length, max_length; ///< characters of a string
    std::optional<std::size_t> min_items, max_items;
    std::span<const std::string_view> one_of{}; ///< the only strings allowed
    std::string_view format;                    ///< JSON Schema format to publish
    bool sparse = false;                        ///< output: left out while empty
    bool any_number = false;                    ///< also "nan", "inf" and "-inf", as texts: JSON has no such numbers
    bool null_default = false; ///< input: null, as a number that JSON cannot hold is written, keeps the default
};

template<typename T, typename M>
struct Field {
    std::string_view name;
    M T::* member;
    Rules rules;
};

template<typename T, typename M>
constexpr Field<T, M> field(std::string_view name, M T::* member, Rules rules = {}) {
    return {name, member, rules};
}

/// What `describe` gives.
template<typename... Fields>
constexpr List<Fields...> fields(const Fields&... all) {
    return make_list(all...);
}

/// An input that must be a JSON object, of any content.
struct JsonObject {
    Json value = Json::object();
};

/// An input that may be absent but not null, where absence means something else than any value.
template<typename T>
struct MayBeAbsent {
    std::optional<T> value;

    /// Of a change: what is absent leaves the target as it is.
    template<typename Target>
    void assign_to(Target& target) const {
        if (value)
            target = *value;
    }
};

/// A change of something that may be cleared: absent leaves it, null clears it, a value replaces it.
template<typename T>
using Patch = MayBeAbsent<std::optional<T>>;

/// An output that is JSON text already, in the form of a `T`: written as it is, published as a `T`.
template<typename T>
struct RawOf {
    using Form = T;
    std::string text = "null";
};

/// Text of an enumerator and back: `constexpr auto enum_names(schema::Of<E>)` gives an array of pairs.
template<typename E>
using EnumName = std::pair<E, std::string_view>;

template<typename T>
concept Described = requires { describe(Of<T>{}); };
template<typename T>
concept Enumerated = std::is_enum_v<T> && requires { enum_names(Of<T>{}); };

template<typename T>
inline constexpr bool is_optional = false;
template<typename T>
inline constexpr bool is_optional<std::optional<T>> = true;
template<typename T>
inline constexpr bool is_absentable = false;
template<typename T>
inline constexpr bool is_absentable<MayBeAbsent<T>> = true;
template<typename T>
inline constexpr bool is_raw = std::same_as<T, RawJson>;
template<typename T>
inline constexpr bool is_raw<RawOf<T>> = true;
template<typename T>
inline constexpr bool is_vector = false;
template<typename T>
inline constexpr bool is_vector<std::vector<T>> = true;
template<typename T>
inline constexpr bool is_array = false;
template<typename T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;
template<typename T>
concept StrongId = requires(const T& id) {
    { id.str() } -> std::convertible_to<std::string>;
    T(std::string());
};

template<Enumerated E>
std::string_view enum_text(E value) {
    for (const auto& [known, name] : enum_names(Of<E>{}))
        if (known == value)
            return name;
    return {};
}

template<Enumerated E>
std::optional<E> enum_value(std::string_view text) {
    for (const auto& [known, name] : enum_names(Of<E>{}))
        if (name == text)
            return known;
    return std::nullopt;
}

/// More faults than this are not told: a hostile list of millions must not become an answer of millions.
inline constexpr std::size_t kMaxFaults = 100;

/// What becomes of members that the tables of an input do not name.
enum class Unknown {
    Ignored,
    Noted,  ///< ignored, and told of: `Reader::unknown()`
    Refused ///< a fault each, of the type "extra_forbidden"
};

/// More unknown members than these are not noted.
inline constexpr std::size_t kMaxNoted = 8;

/// Collects faults while it walks an input.
class Reader {
public:
    explicit Reader(Unknown unknown = Unknown::Ignored) : unknown_(unknown) {}

    /// Reads `json` into `out`; faults are noted under the current path.
    template<typename T>
    void read(const Json& json, T& out, const Rules& rules);
    template<Described T>
    void read_members(const Json& json, T& out);

    void fault(std::string type, std::string message);
    std::vector<FieldError> take() { return std::move(faults_); }
    /// A sentence for each unknown member that was noted, with the one that was meant where its name is near.
    const std::vector<std::string>& unknown() const { return noted_; }

private:
    void read_text(const Json& json, std::string& out, const Rules& rules);
    void read_bool(const Json& json, bool& out);
    bool read_integer(const Json& json, std::int64_t low, std::int64_t high, std::int64_t& out, const Rules& rules);
    void read_number(const Json& json, double& out, const Rules& rules);
    void read_time(const Json& json, Timestamp& out);
    void read_object(const Json& json, Json& out);
    bool check_array(const Json& json, const Rules& rules);
    void missing(std::string_view name);
    void find_unknown(const Json& json, std::span<const std::string_view> names);
    void note_unknown(std::string_view name, std::string_view meant);
    bool is_full() const { return faults_.size() >= kMaxFaults; }

    template<typename E>
    void read_enum(const Json& json, E& out);
    template<typename T>
    void read_array(const Json& json, std::vector<T>& out, const Rules& rules);
    template<typename T, std::size_t N>
    void read_exactly(const Json& json, std::array<T, N>& out, const Rules& rules);

    Unknown unknown_;
    std::vector<std::string> path_;
    std::vector<FieldError> faults_;
    std::vector<std::string> noted_;
};

/// Notes the fault of a text that is none of an enumeration's names, and lists them.
void fault_enum(Reader& reader, std::span<const std::string_view> names);

template<typename E>
void Reader::read_enum(const Json& json, E& out) {
    if (json.is_string()) {
        if (const auto value = enum_value<E>(json.as_view())) {
            out = *value;
            return;
        }
    }
    std::vector<std::string_view> names;
    for (const auto& [value, name] : enum_names(Of<E>{}))
        names.push_back(name);
    fault_enum(*this, names);
}

template<typename T>
void Reader::read_array(const Json& json, std::vector<T>& out, const Rules& rules) {
    if (!check_array(json, rules))
        return;
    Rules entry_rules = rules;
    entry_rules.min_items = entry_rules.max_items = std::nullopt;
    out.clear();
    for (std::size_t i = 0; i < json.items().size() && !is_full(); ++i) {
        path_.push_back(std::to_string(i));
        read(json.items()[i], out.emplace_back(), entry_rules);
        path_.pop_back();
    }
}

template<typename T, std::size_t N>
void Reader::read_exactly(const Json& json, std::array<T, N>& out, const Rules& rules) {
    if (!check_array(json, {.min_items = N, .max_items = N}))
        return;
    for (std::size_t i = 0; i < N && !is_full(); ++i) {
        path_.push_back(std::to_string(i));
        read(json.items()[i], out[i], rules);
        path_.pop_back();
    }
}

template<typename T>
void Reader::read(const Json& json, T& out, const Rules& rules) {
    if constexpr (is_optional<T>) {
        if (json.is_null())
            out.reset();
        else
            read(json, out.emplace(), rules);
    } else if constexpr (is_absentable<T>) {
        read(json, out.value.emplace(), rules);
    } else if constexpr (is_vector<T>) {
        read_array(json, out, rules);
    } else if constexpr (is_array<T>) {
        read_exactly(json, out, rules);
    } else if constexpr (std::same_as<T, std::string>) {
        read_text(json, out, rules);
    } else if constexpr (std::same_as<T, bool>) {
        read_bool(json, out);
    } else if constexpr (Enumerated<T>) {
        read_enum(json, out);
    } else if constexpr (std::integral<T>) {
        std::int64_t value = 0;
        if (read_integer(json, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), value, rules))
            out = static_cast<T>(value);
    } else if constexpr (std::same_as<T, double>) {
        read_number(json, out, rules);
    } else if constexpr (std::same_as<T, Timestamp>) {
        read_time(json, out);
    } else if constexpr (std::same_as<T, Json>) {
        out = json;
    } else if constexpr (std::same_as<T, JsonObject>) {
        read_object(json, out.value);
    } else if constexpr (StrongId<T>) {
        std::string text;
        read_text(json, text, rules);
        out = T(std::move(text));
    } else {
        static_assert(Described<T>, "this member type has no JSON form");
        read_members(json, out);
    }
}

template<Described T>
void Reader::read_members(const Json& json, T& out) {
    if (!json.is_object()) {
        fault("model_attributes_type", "Input should be a JSON object");
        return;
    }
    const auto read_one = [&](const auto& f) {
        const Json* value = json.find(f.name);
        if (value == nullptr) {
            if (f.rules.required)
                missing(f.name);
            return;
        }
        if (f.rules.null_default && value->is_null())
            return;
        path_.emplace_back(f.name);
        read(*value, out.*(f.member), f.rules);
        path_.pop_back();
    };
    schema::apply([&](const auto&... f) { (read_one(f), ...); }, describe(Of<T>{}));
    if (unknown_ != Unknown::Ignored)
        schema::apply(
            [&](const auto&... f) { find_unknown(json, std::array<std::string_view, sizeof...(f)>{f.name...}); },
            describe(Of<T>{}));
}

/// Reads an input struct with a reader of its own; InvalidArgument with every faulty field.
template<Described T>
Result<T> from_json(const Json& json, Reader& reader) {
    T out{};
    reader.read_members(json, out);
    auto faults = reader.take();
    if (faults.empty())
        return out;
    Error error{Code::InvalidArgument, "The input is not valid; see the listed fields"};
    error.fields = std::move(faults);
    return fail(std::move(error));
}

/// The same; members that the tables do not name are ignored.
template<Described T>
Result<T> from_json(const Json& json) {
    Reader reader;
    return from_json<T>(json, reader);
}

template<typename T>
void write_json(std::string& out, const T& value);

template<typename Range>
void write_array(std::string& out, const Range& values) {
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0)
            out += ',';
        write_json(out, values[i]);
    }
    out += ']';
}

/// Appends a number as its text where JSON has none for it.
void append_any_number(std::string& out, double value);

template<typename T>
void write_member(std::string& out, const T& value, const Rules& rules) {
    if constexpr (std::same_as<T, double>) {
        if (rules.any_number)
            return append_any_number(out, value);
    } else if constexpr (std::same_as<T, std::optional<double>>) {
        if (rules.any_number && value)
            return append_any_number(out, *value);
    }
    write_json(out, value);
}

template<typename T>
bool is_empty(const T& value) {
    if constexpr (is_optional<T>)
        return !value.has_value();
    else if constexpr (is_vector<T> || std::same_as<T, std::string>)
        return value.empty();
    else
        return false;
}

template<Described T>
void write_members(std::string& out, const T& value) {
    out += '{';
    const char* separator = "";
    const auto write_one = [&](const auto& f) {
        if (f.rules.sparse && is_empty(value.*(f.member)))
            return;
        out += separator;
        separator = ",";
        append_json_string(out, f.name);
        out += ':';
        write_member(out, value.*(f.member), f.rules);
    };
    schema::apply([&](const auto&... f) { (write_one(f), ...); }, describe(Of<T>{}));
    out += '}';
}

/// Appends the JSON text of a value.
template<typename T>
void write_json(std::string& out, const T& value) {
    if constexpr (is_optional<T>) {
        if (value)
            write_json(out, *value);
        else
            out += "null";
    } else if constexpr (is_vector<T> || is_array<T>) {
        write_array(out, value);
    } else if constexpr (std::same_as<T, std::string>) {
        append_json_string(out, value);
    } else if constexpr (std::same_as<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (Enumerated<T>) {
        append_json_string(out, enum_text(value));
    } else if constexpr (std::integral<T>) {
        out += std::to_string(value);
    } else if constexpr (std::same_as<T, double>) {
        append_json_number(out, value);
    } else if constexpr (std::same_as<T, Timestamp>) {
        append_json_string(out, format_rfc3339(value));
    } else if constexpr (std::same_as<T, Json>) {
        value.dump_to(out);
    } else if constexpr (std::same_as<T, JsonObject>) {
        value.value.dump_to(out);
    } else if constexpr (is_raw<T>) {
        out += value.text;
    } else if constexpr (StrongId<T>) {
        append_json_string(out, value.str());
    } else {
        static_assert(Described<T>, "this member type has no JSON form");
        write_members(out, value);
    }
}

template<typename T>
std::string to_json_text(const T& value) {
    std::string out;
    write_json(out, value);
    return out;
}

} // namespace landfall::schema

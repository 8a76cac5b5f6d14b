#pragma once
/// The name under which a struct with a field table is published. It is the struct's own, `ItemCreateInput`, unless
///  - an overload `constexpr std::string_view schema_name(schema::Of<ItemRecord>)` beside the struct says another;
///  - it is a `Named`: the same fields under one more name.

#include "schema/fields.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace landfall::schema {

/// A text that can be a template's argument.
template<std::size_t N>
struct FixedText {
    std::array<char, N> characters{};
    // NOLINTNEXTLINE(*-explicit-*,*-avoid-c-arrays): it is made of a literal
    constexpr FixedText(const char (&literal)[N]) { std::copy_n(literal, N, characters.begin()); }
    constexpr std::string_view view() const { return {characters.data(), N - 1}; }
};

/// A `T` by another published name: `using ItemDeleteInput = schema::Named<ItemGetInput, "ItemDeleteInput">;`
template<typename T, FixedText Name>
struct Named : T {};

template<typename T, FixedText Name>
constexpr auto describe(Of<Named<T, Name>> /*tag*/) {
    return describe(Of<T>{});
}
template<typename T, FixedText Name>
constexpr std::string_view schema_name(Of<Named<T, Name>> /*tag*/) {
    return Name.view();
}

/// The last part of a type's name in the source, out of what the compiler calls this function.
template<typename T>
constexpr std::string_view source_name() {
    std::string_view text =
        __PRETTY_FUNCTION__; // g++: […] [with T = a::{anonymous}::Name; …], clang: […] [T = a::Name]
    text.remove_prefix(text.find("T = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    return text.substr(text.rfind(':') + 1);
}

template<Described T>
constexpr std::string_view published_name() {
    if constexpr (requires { schema_name(Of<T>{}); })
        return schema_name(Of<T>{});
    else
        return source_name<T>();
}

} // namespace landfall::schema

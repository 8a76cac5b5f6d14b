#pragma once
/// Values of different types in order. As `std::tuple`, but without the proofs that a tuple asks of a compiler for each
/// of its constructors: those of the field and column tables made two fifths of a source's compile time.

#include <cstddef>
#include <utility>

namespace landfall::schema {

template<std::size_t N, typename T>
struct ListEntry {
    T value;
};

template<typename Numbers, typename... Ts>
struct ListEntries;
template<std::size_t... N, typename... Ts>
struct ListEntries<std::index_sequence<N...>, Ts...> : ListEntry<N, Ts>... {};

template<typename... Ts>
struct List : ListEntries<std::index_sequence_for<Ts...>, Ts...> {
    static constexpr std::size_t kSize = sizeof...(Ts);
};

template<typename... Ts>
constexpr List<Ts...> make_list(const Ts&... values) {
    return {{{values}...}};
}

template<typename Visit, std::size_t... N, typename... Ts>
constexpr decltype(auto) apply_entries(Visit& visit, const ListEntries<std::index_sequence<N...>, Ts...>& entries) {
    return visit(static_cast<const ListEntry<N, Ts>&>(entries).value...);
}

/// What `visit` makes of all values of a list at once.
template<typename Visit, typename... Ts>
constexpr decltype(auto) apply(Visit visit, const List<Ts...>& list) {
    return apply_entries(visit, list);
}

/// The values of one list, then those of another.
template<typename... Ts, typename... Us>
constexpr List<Ts..., Us...> joined(const List<Ts...>& front, const List<Us...>& back) {
    return schema::apply(
        [&](const Ts&... ts) { return schema::apply([&](const Us&... us) { return make_list(ts..., us...); }, back); },
        front);
}

} // namespace landfall::schema

#pragma once
/// Finds what a mistyped word was meant to be.

#include <cstddef>
#include <span>
#include <string_view>

namespace landfall {

/// Fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word nearest to `word`, if it is near enough to be a slip: at most a third of its letters differ, case
/// aside. Empty if none is. What is given is one of `known`.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

} // namespace landfall

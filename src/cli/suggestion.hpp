#pragma once
/// Finds what a mistyped word was meant to be.

#include <string>
#include <string_view>
#include <vector>

namespace landfall::cli {

/// Fewest insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word nearest to `word`, if it is near enough to be a slip: at most a third of its letters differ.
/// Empty if none is.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

} // namespace landfall::cli

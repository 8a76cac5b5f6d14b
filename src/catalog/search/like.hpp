#pragma once
/// Patterns with wildcards, as SQL's LIKE has them.

#include <string_view>

namespace landfall::catalog {

/// Whether the whole text matches the pattern: `%` stands for any text, `_` for one character, and what follows a
/// backslash for itself. Case counts. Takes at most time of the product of both lengths.
bool is_like(std::string_view text, std::string_view pattern);

} // namespace landfall::catalog

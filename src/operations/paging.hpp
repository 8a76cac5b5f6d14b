#pragma once
/// The fields by which lists and searches of items are paged (`extensions.md`, "Paging").

#include "schema/fields.hpp"

namespace landfall::operations {

inline constexpr schema::Rules kPageToken{
    .text = "The next_token of the page before: goes on behind it, whatever others wrote meanwhile",
    .min_length = 1,
    .max_length = 1'000'000};
inline constexpr schema::Rules kNextToken{.text = "The page_token of the next page, if more follow", .sparse = true};

} // namespace landfall::operations

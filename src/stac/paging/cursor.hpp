#pragma once
/// Pages that go on behind, or before, one entry of a list, forth and back. Contract: swisstopo.md section 6.

#include "stac/site.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::stac {

/// Where a page begins: behind an entry, or ends: before it. By what the list is ordered, as texts.
struct Cursor {
    bool backwards = false;
    std::vector<std::string> keys; ///< empty: at the beginning
};

/// How a page was asked for.
struct PageRequest {
    std::int64_t limit = 100;
    Cursor from;
    std::optional<std::string> limit_text; ///< as the URL has it
};

/// The limit of a page as a text or a JSON value says it. Fails with an array of one sentence.
Result<std::int64_t> read_limit(const std::optional<std::string>& text);
/// From the query of a GET.
Result<PageRequest> read_page(const Asked& asked, std::size_t keys);
/// The cursor as text; `list` names what it belongs to, so that it is of no use elsewhere. NotFound if it is none.
Result<Cursor> read_cursor(const Asked& asked, std::string_view list, const std::string& text, std::size_t keys);
std::string cursor_text(const Asked& asked, std::string_view list, const Cursor& cursor);

/// The entries of a page in their order, and what lies on both sides of it.
struct Neighbours {
    std::optional<Cursor> next;
    std::optional<Cursor> previous;
};

/// Adds `next` and `previous` to the links of a list that is read by GET: its address with every parameter but the
/// cursor, which is replaced.
void add_page_links(const Asked& asked, std::string_view list, const Neighbours& around, Json& links);

} // namespace landfall::stac

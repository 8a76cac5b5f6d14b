#pragma once
/// Pages that go on behind one item of an order, so that whatever existed throughout is seen once while others insert
/// and delete (`extensions.md`, "Paging").

#include "catalog/search/item_search.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// The place of an item in an order: what it is ordered by, its id last.
struct ItemCursor {
    std::vector<FilterValue> keys;
};

/// A page of stored texts, how many there are in all, and where it ended if more follows.
struct ItemPage {
    std::vector<std::string> texts;
    std::int64_t matched = 0;
    std::optional<ItemCursor> end;
};

/// As `search_items`; of what is behind `after`, if that is given. Of another order's cursor nothing is behind.
Result<ItemPage> search_page(Session& session, const ItemQuery& query, const std::optional<ItemCursor>& after,
                             SearchCounts& counts);
/// The numbers of the items of a page, without counting; one more than the query's limit if more follows.
Result<std::vector<std::int64_t>> search_numbers(Session& session, const ItemQuery& query,
                                                 const std::optional<ItemCursor>& after);
/// As `list_items`.
Result<ItemPage> list_page(Session& session, const ItemList& list, const std::optional<ItemCursor>& after);

} // namespace landfall::catalog

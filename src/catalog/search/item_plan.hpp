#pragma once
/// How a search runs on SQLite: where candidates come from. The planner of SQLite misjudges R*Tree joins, so the
/// order of the tables and the indexes are named.

#include "catalog/search/item_filter.hpp"

namespace landfall::catalog {

/// Where candidates come from. All but Order and Ranked gather every candidate and sort.
enum class Source {
    Ids,        ///< the ids asked for
    StacIds,    ///< the STAC ids asked for
    Boxes,      ///< the R*Tree of boxes and days
    Ranked,     ///< the same in nearly the order asked for, as their coordinates tell it
    Window,     ///< the rows in time order, within the window
    Collection, ///< the rows of the collections
    Rows,       ///< every row of the projects
    Order,      ///< rows in the order asked for, until the page is full
};

/// The index of a single collection's rows, newest last.
constexpr std::string_view kByCollection = "item_key_collection";

/// The index that yields rows in the order asked for; empty if there is none.
std::string_view order_index(const ItemQuery& query, const SearchScope& scope);

/// Whether rows come newest first, the last sort term being the tie-breaker.
bool is_default_order(const ItemQuery& query);

/// What the R*Tree knows of the order asked for: of two items the one that ranks strictly first belongs first, absent
/// values aside; for the default order as far as numbers follow creation.
struct Rank {
    std::string_view expression; ///< over `item_box b`; empty: nothing
    std::string_view direction;  ///< " ASC" or " DESC"
    bool falls() const { return direction == " DESC"; }
};
Rank box_rank(const ItemQuery& query);

/// What passing over a row of an order index costs, as a share of gathering a row (measured: the covering indexes
/// need no look-up).
double scan_cost(std::string_view index);

/// The narrowest source that gathers everything the query can match.
Source gathering_source(const ItemQuery& query, const SearchScope& scope);

/// Share of all items that a query's boxes and window may match if items were spread evenly over the globe.
double expected_share(const ItemQuery& query);

/// ` FROM … WHERE …` with the wide row joined if `conditions` or `order` name it.
struct Piece {
    Source source = Source::Rows;
    std::string_view index;             ///< Order: which
    std::vector<std::int64_t> projects; ///< Order: exactly one
    std::string conditions;             ///< ` AND …`
    std::string wide_conditions;        ///< those that need `item i`
    bool wide = false;                  ///< needs `item i`
    Rank rank;                          ///< Ranked: by what
    std::int64_t candidates = -1;       ///< Ranked: of how many boxes at most the rows are looked at; -1: of all
    std::int64_t budget = 0;            ///< Order: past so many rows any is let through, and scan_past tells; 0: none
};
std::string write_from(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece);

/// ` FROM … WHERE …` over the first `budget` rows of a project in an index's order, filtered only then: PostgreSQL's
/// planner cannot take another way. `order`: ` ORDER BY …` as the index has it.
std::string write_first_rows(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece,
                             std::string_view order);

/// Counts candidates of Boxes or Window up to a cap, without looking at the rows.
std::string write_probe(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, std::int64_t cap);

} // namespace landfall::catalog

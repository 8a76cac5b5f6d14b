#pragma once
/// Searching items: place, time, collections, types, ids, properties; any sort; exact counts (geopera.md 7.5,
/// design.md section 8).

#include "catalog/items/item.hpp"
#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "geo/footprint.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace landfall::catalog {

/// What a filter or a sort speaks of: a column, or a property by its path of names within `properties`.
/// Columns: id, stac_id, collection (the collection's id), type, name, lifecycle_state, description, cloud_cover,
/// gsd, datetime, start_datetime, end_datetime, created_at, updated_at. Rules, but no clients, also name: project_id,
/// collection_stac_id, end (of the item's time, whose start is datetime), place (absent of an item that is nowhere),
/// title (in lower case, absent where the name is the STAC id), view_expires_at.
struct ItemField {
    std::string column;            ///< empty: a property
    std::vector<std::string> path; ///< of a property, outermost first, at most 8 names
};
/// Resolves a client's name: a column, `eo:cloud_cover` and `properties.…` prefixes included, else the property of
/// that whole name: `properties.a.b` is the property "a.b".
ItemField item_field(std::string_view name);

/// Like: `%` stands for any text, `_` for one character, a backslash before either or itself for just that; no
/// backslash may end the pattern.
enum class Comparison { Eq, Neq, Lt, Lte, Gt, Gte, In, StartsWith, EndsWith, Contains, Like, IsNull, NotNull };
/// A typed value; instants are microseconds for columns that hold instants.
using FilterValue = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// `field comparison value`. Text is compared by its bytes, numbers as numbers; a value of another type, or an
/// absent one, matches nothing, except that Neq matches any present value that is not equal.
struct ItemCondition {
    ItemField field;
    Comparison comparison = Comparison::Eq;
    std::vector<FilterValue> values; ///< one; any number for In; none for IsNull and NotNull
};

/// A tree of conditions (CQL2): exactly one of the forms.
struct ItemFilter {
    enum class Kind { Condition, And, Or, Not, Touches, During };
    Kind kind = Kind::And;
    ItemCondition condition;       ///< Condition
    std::vector<ItemFilter> parts; ///< And, Or; Not has one
    geo::Footprint shape;          ///< Touches: shares a point with it
    TimeRange range;               ///< During: its time overlaps
};

struct ItemSort {
    ItemField field;
    bool descending = false; ///< absent values come last either way
};

struct ItemQuery {
    OrganizationId organization_id;
    std::optional<std::vector<ProjectId>> projects; ///< nothing: every live project of the organization
    std::optional<geo::Bounds> bbox;                ///< west > east crosses the antimeridian
    std::optional<geo::Footprint> intersects;       ///< shares a point with it
    std::optional<TimeRange> datetime;              ///< overlap; items without any time never match
    std::optional<std::vector<CollectionId>> collections;
    std::optional<std::vector<std::string>> types;
    std::optional<std::vector<ItemId>> ids;
    std::optional<std::vector<std::string>> stac_ids;
    bool uncollected = false;
    std::vector<ItemFilter> filters; ///< all must hold; at most 256 conditions in all
    std::vector<ItemSort> sort;      ///< empty: created_at, then id, descending. "datetime" is the start of an interval
    std::int64_t limit = 100;
    std::int64_t offset = 0;
    ItemText text = ItemText::Record;
};

/// Exact counts of recent queries, valid while the projects' items have not changed. Thread-safe; bounded, for queries
/// of any size: they are known by their digests.
class SearchCounts {
public:
    explicit SearchCounts(std::size_t entries = 4096);
    ~SearchCounts();
    SearchCounts(const SearchCounts&) = delete;
    SearchCounts& operator=(const SearchCounts&) = delete;

    std::optional<std::int64_t> find(std::string_view query, std::int64_t version) const;
    void put(std::string_view query, std::int64_t version, std::int64_t count);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A page of the matching items' stored texts and the exact number that match. Call it inside `Database::read`, so
/// that page and count come from one snapshot. InvalidArgument for too many conditions.
Result<ItemTexts> search_items(Session& session, const ItemQuery& query, SearchCounts& counts);

} // namespace landfall::catalog

#include "catalog/search/item_plan.hpp"

#include "catalog/items/item_index.hpp"
#include "catalog/items/place.hpp"

#include <fmt/format.h>

#include <cmath>

namespace landfall::catalog {
namespace {

constexpr double kGlobeSquareDegrees = 360.0 * 180.0;
// Passing over a row of an index that knows all the conditions, or only a rough place.
constexpr double kCoveringScanCost = 0.06;
constexpr double kNarrowScanCost = 0.1;
constexpr double kUsualDays = 3653; // ten years: what an archive spans when nothing better is known

struct OrderIndex {
    std::string_view column;
    std::string_view index;
};
constexpr OrderIndex kOrderIndexes[] = {
    {"created_at", "item_key_created"},      {"datetime", "item_key_time"}, {"updated_at", "item_key_updated"},
    {"cloud_cover", "item_key_cloud_cover"}, {"gsd", "item_key_gsd"},       {"name", "item_key_name"},
};

std::string projects_in(SqlWriter& out, std::string_view column, const std::vector<std::int64_t>& projects) {
    if (projects.size() == 1)
        return fmt::format("{} = {}", column, out.bind(projects.front()));
    return fmt::format("{} IN ({})", column, out.bind_list(projects));
}

/// The column of the first sort term if it can be absent.
std::string_view nullable_column(const ItemQuery& query) {
    const std::string_view column = query.sort.empty() ? "" : std::string_view(query.sort.front().field.column);
    if (column == "datetime")
        return "k.t_start";
    if (column == "cloud_cover")
        return "k.cloud_cover";
    return column == "gsd" ? "k.gsd" : "";
}

/// geo::Bounds on the start of an item's time within the window.
std::string within_window(SqlWriter& out, std::string_view column, const ItemQuery& query, const SearchScope& scope) {
    std::string sql;
    if (query.datetime && query.datetime->end)
        sql += fmt::format(" AND {} <= {}", column, out.bind(to_micros(*query.datetime->end)));
    if (query.datetime && query.datetime->start)
        sql +=
            fmt::format(" AND {} >= {}", column, out.bind(to_micros(*query.datetime->start) - scope.longest_span_us));
    return sql;
}

/// The cloud cover that a condition on every match allows at most.
std::optional<double> most_cloud(const ItemQuery& query) {
    for (const ItemFilter& filter : query.filters) {
        const ItemCondition& c = filter.condition;
        if (filter.kind != ItemFilter::Kind::Condition || c.field.column != "cloud_cover" || c.values.size() != 1 ||
            (c.comparison != Comparison::Lt && c.comparison != Comparison::Lte))
            continue;
        if (const auto* real = std::get_if<double>(&c.values.front()))
            return *real;
        if (const auto* integer = std::get_if<std::int64_t>(&c.values.front()))
            return static_cast<double>(*integer);
    }
    return std::nullopt;
}

std::string box_conditions(SqlWriter& out, const geo::Bounds& box, const ItemQuery& query, const SearchScope& scope) {
    std::string sql = fmt::format("b.west <= {} AND b.east >= {} AND b.south <= {} AND b.north >= {}",
                                  out.bind(box.east), out.bind(box.west), out.bind(box.north), out.bind(box.south));
    if (query.datetime && query.datetime->end)
        sql += " AND b.time_from <= " + out.bind(time_axis(to_micros(*query.datetime->end)));
    if (query.datetime && query.datetime->start)
        sql += " AND b.time_to >= " + out.bind(time_axis(to_micros(*query.datetime->start)));
    if (const auto most = most_cloud(query))
        sql += " AND b.cloud_from <= " + out.bind(cloud_axis(most).from);
    double from = tenant_axis(scope.projects.front());
    double to = from;
    for (const std::int64_t project : scope.projects) {
        from = std::min(from, tenant_axis(project));
        to = std::max(to, tenant_axis(project));
    }
    return sql +
           fmt::format(" AND b.tenant_from <= {} AND b.tenant_to >= {}", out.bind(to + 0.5), out.bind(from + 0.5));
}

std::string from_boxes(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece) {
    const std::vector<geo::Bounds> boxes = *boxes_of(query);
    const bool ranked = piece.source == Source::Ranked;
    const std::string rank = ranked ? fmt::format(", {} AS rank", piece.rank.expression) : "";
    std::string parts;
    for (const geo::Bounds& box : boxes) {
        if (!parts.empty())
            parts += " UNION ";
        parts += fmt::format("SELECT b.box / 2 AS no{} FROM item_box b WHERE {}", rank,
                             box_conditions(out, box, query, scope));
    }
    if (ranked)
        return fmt::format(" FROM ({} ORDER BY rank{} LIMIT {}) f CROSS JOIN item_key k ON k.no = f.no", parts,
                           piece.rank.direction, out.bind(piece.candidates));
    if (boxes.size() > 1)
        return fmt::format(" FROM ({}) f CROSS JOIN item_key k ON k.no = f.no", parts);
    // Of an item with two boxes the second row is dropped if the first one is a hit as well.
    return fmt::format(" FROM item_box b CROSS JOIN item_key k ON k.no = b.box / 2 AND {} AND (b.box % 2 = 0 OR "
                       "k.west > {})",
                       box_conditions(out, boxes.front(), query, scope), out.bind(boxes.front().east));
}

std::string from_stac_ids(SqlWriter& out, const ItemQuery& query, const SearchScope& scope) {
    return fmt::format(" FROM (SELECT no FROM item INDEXED BY item_stac_id WHERE {} AND collection_no IN ({}) AND "
                       "stac_id IN ({}) AND deleted_at IS NULL) f CROSS JOIN item_key k ON k.no = f.no",
                       projects_in(out, "project_no", scope.projects),
                       out.bind_list(scope.collections ? *scope.collections : scope.known_collections),
                       out.bind_set(Json::array_of(*query.stac_ids)));
}

std::string from_ids(SqlWriter& out, const ItemQuery& query) {
    return fmt::format(" FROM (SELECT no FROM item WHERE id IN ({})) f CROSS JOIN item_key k ON k.no = f.no",
                       out.bind_set(set_of(*query.ids)));
}

/// What an index that holds no more than a rough place can say of a row; the rest needs the row.
std::string near_place(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, std::string_view index) {
    if (scan_cost(index) < kNarrowScanCost || (!boxes_of(query) && !query.datetime))
        return "";
    std::int64_t since = 0;
    std::int64_t until = kLastDay;
    if (query.datetime && query.datetime->start)
        since = place_day(to_micros(*query.datetime->start) - scope.longest_span_us);
    if (query.datetime && query.datetime->end)
        until = place_day(to_micros(*query.datetime->end));
    std::string any;
    for (const geo::Bounds& box : boxes_of(query).value_or(std::vector{geo::Bounds{-180, -90, 180, 90}}))
        any += fmt::format("{}place_meets(k.place, {}, {})", any.empty() ? "" : " OR ", out.bind(place_of(box, until)),
                           out.bind(since));
    return any;
}

/// The rows of one project in the order of an index, and past `budget` of them any row.
std::string from_order(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece) {
    std::string where = projects_in(out, "k.project_no", piece.projects);
    if (piece.index == "item_key_time")
        where += within_window(out, "k.t_start", query, scope);
    if (piece.index == kByCollection)
        where += fmt::format(" AND k.collection_no = {}", out.bind(scope.collections->front()));
    where += begin_after(out, query, scope);
    const std::string near = near_place(out, query, scope, piece.index);
    const std::string from = fmt::format(" FROM item_key k INDEXED BY {}{} WHERE {}", piece.index,
                                         piece.wide ? " CROSS JOIN item i ON i.no = k.no" : "", where);
    const std::string first = near.empty() ? "" : fmt::format(" AND ({})", near);
    if (piece.budget == 0)
        return from + first + piece.conditions + piece.wide_conditions;
    std::string sql = fmt::format("{} AND (scan_budget(k.no, {}) OR (1 = 1{}{}))", from, out.bind(piece.budget), first,
                                  piece.conditions);
    if (!piece.wide_conditions.empty())
        sql += fmt::format(" AND (scan_past(i.no) OR (1 = 1{}))", piece.wide_conditions);
    return sql;
}

} // namespace

bool is_default_order(const ItemQuery& query) {
    const auto& sort = query.sort;
    return sort.empty() || (sort.size() == 1 && sort[0].field.column == "created_at" && sort[0].descending);
}

Rank box_rank(const ItemQuery& query) {
    if (is_default_order(query))
        return {"b.box / 2", " DESC"};
    const bool falls = query.sort.front().descending;
    const std::string_view column = query.sort.front().field.column;
    if (column == "datetime")
        return {"b.time_from", falls ? " DESC" : " ASC"};
    if (column == "cloud_cover")
        return falls ? Rank{"b.cloud_from", " DESC"} : Rank{"b.cloud_to", " ASC"};
    return {};
}

double scan_cost(std::string_view index) {
    return index == "item_key_created" || index == "item_key_time" ? kCoveringScanCost : kNarrowScanCost;
}

std::string_view order_index(const ItemQuery& query, const SearchScope& scope) {
    const bool by_created =
        query.sort.empty() || (query.sort[0].field.column == "created_at" && query.sort[0].field.path.empty());
    if (by_created && scope.collections && scope.collections->size() == 1 && scope.projects.size() == 1)
        return kByCollection;
    if (by_created)
        return "item_key_created";
    for (const OrderIndex& candidate : kOrderIndexes)
        if (query.sort[0].field.column == candidate.column)
            return candidate.index;
    return {};
}

Source gathering_source(const ItemQuery& query, const SearchScope& scope) {
    if (query.ids)
        return Source::Ids;
    if (query.stac_ids)
        return Source::StacIds;
    if (boxes_of(query))
        return Source::Boxes;
    if (query.datetime)
        return Source::Window;
    return scope.collections ? Source::Collection : Source::Rows;
}

double expected_share(const ItemQuery& query) {
    double share = 1;
    if (const auto boxes = boxes_of(query)) {
        share = 0;
        for (const geo::Bounds& box : *boxes)
            share += (box.east - box.west) * (box.north - box.south) / kGlobeSquareDegrees;
    }
    if (query.datetime && query.datetime->start && query.datetime->end) {
        const double days =
            static_cast<double>(to_micros(*query.datetime->end) - to_micros(*query.datetime->start)) / kMicrosADay;
        share *= std::min(1.0, (days + 1) / kUsualDays);
    }
    return std::min(1.0, share);
}

std::string write_from(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece) {
    if (piece.source == Source::Order)
        return from_order(out, query, scope, piece);
    std::string from;
    std::string where = projects_in(out, "k.project_no", scope.projects);
    switch (piece.source) {
    case Source::Ids:
        from = from_ids(out, query);
        break;
    case Source::StacIds:
        from = from_stac_ids(out, query, scope);
        break;
    case Source::Boxes:
    case Source::Ranked:
        from = from_boxes(out, query, scope, piece);
        break;
    case Source::Window:
        from = " FROM item_key k INDEXED BY item_key_time";
        where += within_window(out, "k.t_start", query, scope);
        break;
    case Source::Collection:
        from = " FROM item_key k INDEXED BY item_key_collection";
        break;
    case Source::Rows:
    case Source::Order:
        from = " FROM item_key k INDEXED BY item_key_created";
        break;
    }
    if (piece.wide)
        from += " CROSS JOIN item i ON i.no = k.no";
    return fmt::format("{} WHERE {}{}{}", from, where, piece.conditions, piece.wide_conditions);
}

std::string write_first_rows(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, const Piece& piece,
                             std::string_view order) {
    std::string where = projects_in(out, "k.project_no", piece.projects);
    if (piece.index == "item_key_time")
        where += within_window(out, "k.t_start", query, scope);
    if (piece.index == kByCollection)
        where += fmt::format(" AND k.collection_no = {}", out.bind(scope.collections->front()));
    if (const std::string_view column = nullable_column(query); !column.empty())
        where += fmt::format(" AND {} IS NOT NULL", column);
    where += begin_after(out, query, scope);
    return fmt::format(" FROM (SELECT k.* FROM item_key k WHERE {}{} LIMIT {}) k{} WHERE 1 = 1{}{}", where, order,
                       piece.budget, piece.wide ? " JOIN item i ON i.no = k.no" : "", piece.conditions,
                       piece.wide_conditions);
}

std::string write_probe(SqlWriter& out, const ItemQuery& query, const SearchScope& scope, std::int64_t cap) {
    std::string candidates;
    if (const auto boxes = boxes_of(query)) {
        for (const geo::Bounds& box : *boxes)
            candidates += (candidates.empty() ? "SELECT 1 FROM item_box b WHERE "
                                              : " UNION ALL SELECT 1 FROM item_box b WHERE ") +
                          box_conditions(out, box, query, scope);
    } else {
        candidates =
            fmt::format("SELECT 1 FROM item_key INDEXED BY item_key_time WHERE {}{}",
                        projects_in(out, "project_no", scope.projects), within_window(out, "t_start", query, scope));
    }
    return fmt::format("SELECT count(*) FROM ({} LIMIT {})", candidates, out.bind(cap));
}

} // namespace landfall::catalog

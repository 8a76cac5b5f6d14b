#include "catalog/items/item_texts.hpp"
#include "catalog/search/item_paging.hpp"
#include "catalog/search/item_plan.hpp"
#include "database/table_rows.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

namespace landfall::catalog {
namespace {

constexpr std::size_t kMostConditions = 256;
constexpr std::size_t kMostIds = 10'000;
constexpr std::size_t kMostOrderedProjects = 64; // SQLite joins at most 500 selects
constexpr std::string_view kAllProjects = "SELECT no FROM project WHERE organization_id = ?1 AND deleted_at IS NULL";
// Ranking boxes looks at few rows; a box costs this share of a fully gathered row.
constexpr double kRankedCost = 0.2;
constexpr std::int64_t kRankedSpare = 64;
// PostgreSQL: a row found through GiST costs as much as passing over so many in an index's order.
constexpr double kGatherCostPostgres = 5;
// When conditions let few rows pass, so many times as many are tried.
constexpr std::int64_t kMoreRows = 16;
// How far an order may be scanned beyond what an even spread would need.
constexpr std::int64_t kPatience = 4;

template<typename Id>
Result<std::vector<std::int64_t>> numbers_of(Session& session, std::string_view table, const OrganizationId& owner,
                                             const std::vector<Id>& ids) {
    SqlWriter out(session.engine());
    out << fmt::format("SELECT no FROM {} WHERE organization_id = {} AND deleted_at IS NULL AND id IN ({}) ORDER BY no",
                       table, out.bind(owner.str()), out.bind_set(set_of(ids)));
    std::vector<std::int64_t> numbers;
    CHECK_OK(
        session.query(out.text, std::move(out.values), [&](const Row& row) { numbers.push_back(row.integer(0)); }));
    return numbers;
}

Status read_tallies(Session& session, SearchScope& scope) {
    SqlWriter out(session.engine());
    const std::string projects = out.bind_list(scope.projects);
    out << "SELECT collection_no, CAST(sum(items) AS BIGINT), CAST(sum(changes) AS BIGINT), max(longest_span), "
           "max(created_slack) "
           "FROM item_tally WHERE project_no IN ("
        << projects << ") GROUP BY collection_no ORDER BY collection_no";
    return session.query(out.text, std::move(out.values), [&](const Row& row) {
        scope.items += row.integer(1);
        scope.version += row.integer(2);
        scope.longest_span_us = std::max(scope.longest_span_us, row.integer(3));
        scope.created_slack_us = std::max(scope.created_slack_us, row.integer(4));
        if (row.integer(1) > 0)
            scope.known_collections.push_back(row.integer(0));
        if (scope.collections && std::ranges::binary_search(*scope.collections, row.integer(0)))
            scope.items_in_collections += row.integer(1);
    });
}

Result<SearchScope> scope_of(Session& session, const ItemQuery& query) {
    SearchScope scope;
    if (query.projects) {
        TRY(scope.projects, numbers_of(session, "project", query.organization_id, *query.projects));
    } else {
        TRY(scope.projects, session.all(kAllProjects, read_as<std::int64_t>, query.organization_id));
    }
    if (query.collections) {
        TRY(scope.collections, numbers_of(session, "collection", query.organization_id, *query.collections));
    }
    if (query.uncollected)
        scope.collections = scope.collections ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{0};
    if (!scope.projects.empty())
        CHECK_OK(read_tallies(session, scope));
    return scope;
}

bool matches_nothing(const ItemQuery& query, const SearchScope& scope) {
    return scope.projects.empty() || scope.items == 0 || (scope.collections && scope.items_in_collections == 0) ||
           (query.intersects && query.intersects->boxes.empty());
}

Status check_size(const ItemQuery& query) {
    if (count_conditions(query.filters) > kMostConditions)
        return fail(Code::InvalidArgument, "The filter has more than 256 conditions. Ask for less at once.");
    if ((query.ids && query.ids->size() > kMostIds) || (query.stac_ids && query.stac_ids->size() > kMostIds) ||
        (query.collections && query.collections->size() > kMostIds))
        return fail(Code::InvalidArgument, "The search names more than 10000 ids. Ask for less at once.");
    return {};
}

/// One search on one session: makes the SQL and runs it.
class Search {
public:
    Search(Session& session, const ItemQuery& query, const SearchScope& scope)
        : session_(session), query_(query), scope_(scope),
          wanted_(std::max<std::int64_t>(0, query.limit) + std::clamp<std::int64_t>(query.offset, 0, scope.items)) {}

    Result<std::vector<std::int64_t>> page() const {
        if (query_.limit <= 0 || query_.offset >= scope_.items)
            return std::vector<std::int64_t>{};
        if (session_.engine() == Engine::Postgres)
            return run_postgres();
        const std::string_view index = order_index(query_, scope_);
        const Source source = gathering_source(query_, scope_);
        if (index.empty() || scope_.projects.size() > kMostOrderedProjects || source == Source::Ids ||
            source == Source::StacIds)
            return gather(source);
        const bool follows = source == Source::Rows || (source == Source::Collection && index == kByCollection);
        if (!follows)
            return choose(index, source);
        TRY(auto found, in_order(index, 0));
        return *std::move(found);
    }

    /// The count as SQL; its text and values identify the question.
    SqlWriter count_sql() const {
        SqlWriter out(session_.engine());
        Piece piece = piece_of(out, Source::Rows);
        if (!out.sqlite()) {
            out << "SELECT count(*)" << from_postgres(out, piece);
            return out;
        }
        piece.source = gathering_source(query_, scope_);
        if (piece.source == Source::Boxes && expected_share(query_) > kWide)
            piece.source = query_.datetime ? Source::Window : Source::Rows;
        out << "SELECT count(*)" << write_from(out, query_, scope_, piece);
        return out;
    }

    /// Whether the tallies know the count.
    bool is_plain() const {
        return !query_.bbox && !query_.intersects && !query_.datetime && !query_.types && !query_.ids &&
               !query_.stac_ids && query_.filters.empty();
    }

private:
    static constexpr double kWide = 0.2; // a box of that share of the globe is counted by reading all rows

    Piece piece_of(SqlWriter& out, Source source) const {
        SqlWriter conditions(out.engine());
        conditions.values = std::move(out.values);
        Piece piece;
        piece.source = source;
        write_conditions(conditions, query_, scope_);
        piece.conditions = std::exchange(conditions.text, {});
        write_wide_conditions(conditions, query_, scope_);
        piece.wide_conditions = std::move(conditions.text);
        out.values = std::move(conditions.values);
        piece.wide = needs_item_row(query_) || (scope_.after && order_is_wide());
        return piece;
    }

    static std::string order_by(const std::vector<OrderTerm>& terms) {
        std::string sql = " ORDER BY ";
        for (const OrderTerm& term : terms)
            sql += fmt::format("{}{}{}", &term == &terms.front() ? "" : ", ", term.expression, term.direction);
        return sql;
    }

    bool order_is_wide() const { return order_needs_item_row(query_); }

    Result<std::vector<std::int64_t>> numbers(SqlWriter out) const {
        std::vector<std::int64_t> found;
        CHECK_OK(
            session_.query(out.text, std::move(out.values), [&](const Row& row) { found.push_back(row.integer(0)); }));
        return found;
    }

    Result<std::vector<std::int64_t>> gather(Source source) const {
        SqlWriter out(session_.engine());
        Piece piece = piece_of(out, source);
        piece.wide = piece.wide || order_is_wide();
        const std::string order = order_by(order_terms(out, query_.sort));
        out << "SELECT k.no" << write_from(out, query_, scope_, piece) << order
            << fmt::format(" LIMIT {} OFFSET {}", out.bind(query_.limit), out.bind(query_.offset));
        return numbers(std::move(out));
    }

    /// How many boxes are looked at first: what the page needs and some for those that only nearly match.
    std::int64_t most_ranked() const { return wanted_ + wanted_ / 4 + kRankedSpare; }

    /// Nothing but place and time is asked for, so that nearly every box is a match.
    bool asks_place_and_time_only() const { return !query_.types && !scope_.collections && query_.filters.empty(); }

    struct Fetched {
        std::int64_t no;
        double rank;
        std::optional<double> key; ///< of the first sort term
    };

    /// The first of the boxes' candidates by rank, put into the exact order. Nothing if an item that was not looked at
    /// could belong on the page.
    Result<std::optional<std::vector<std::int64_t>>> ranked(const Rank& rank, std::int64_t candidates) const {
        SqlWriter out(session_.engine());
        Piece piece = piece_of(out, Source::Ranked);
        piece.rank = rank;
        piece.candidates = candidates;
        const std::vector<OrderTerm> terms = order_terms(out, query_.sort);
        std::string keys;
        std::string order;
        for (std::size_t i = 0; i < terms.size(); ++i) {
            keys += fmt::format(", {} AS s{}", terms[i].expression, i);
            order += fmt::format("{}s{}{}", i == 0 ? " ORDER BY " : ", ", i, terms[i].direction);
        }
        out << "SELECT no, rank, s0 FROM (SELECT k.no AS no, f.rank AS rank" << keys
            << write_from(out, query_, scope_, piece) << " LIMIT " << out.bind(most_ranked()) << ")" << order;
        std::vector<Fetched> rows;
        std::int64_t visited = 0;
        std::optional<double> last; // in rank
        std::optional<double> earliest;
        CHECK_OK(session_.query(out.text, std::move(out.values), [&](const Row& row) {
            ++visited;
            const double at = row.real(1);
            last = last ? (rank.falls() ? std::min(*last, at) : std::max(*last, at)) : at;
            if (rows.empty() || rows.back().no != row.integer(0))
                rows.push_back({row.integer(0), at, row.opt_real(2)});
            if (last == at)
                earliest = row.opt_real(2);
        }));
        const bool all = candidates < 0 && visited < most_ranked();
        if (!all && !is_settled(rows, rank, last.value_or(0), earliest))
            return std::optional<std::vector<std::int64_t>>{};
        std::vector<std::int64_t> found;
        for (auto i = static_cast<std::size_t>(query_.offset);
             i < std::min(rows.size(), static_cast<std::size_t>(wanted_)); ++i)
            found.push_back(rows[i].no);
        return std::optional(std::move(found));
    }

    /// Whether the page's last row comes before whatever ranks after the last row that was looked at. By number that
    /// holds within the scope's slack only.
    bool is_settled(const std::vector<Fetched>& rows, const Rank& rank, double last,
                    const std::optional<double>& created_last) const {
        if (std::ssize(rows) < wanted_)
            return false;
        const Fetched& end = rows[static_cast<std::size_t>(wanted_) - 1];
        if (!end.key)
            return false;
        if (is_default_order(query_))
            return created_last && *created_last + static_cast<double>(scope_.created_slack_us) < *end.key;
        return rank.falls() ? end.rank > last : end.rank < last;
    }

    /// Rows in the order of an index, from each project as many as the page can need, merged. Nothing if the budget
    /// does not suffice.
    Result<std::optional<std::vector<std::int64_t>>> in_order(std::string_view index, std::int64_t budget) const {
        SqlWriter out(session_.engine());
        const std::vector<OrderTerm> terms = order_terms(out, query_.sort);
        const bool merge = scope_.projects.size() > 1;
        std::string parts;
        for (const std::int64_t project : scope_.projects) {
            Piece piece = piece_of(out, Source::Order);
            piece.index = index;
            piece.projects = {project};
            piece.wide = piece.wide || order_is_wide();
            piece.budget = budget;
            std::string keys;
            for (std::size_t i = 0; i < terms.size() && merge; ++i)
                keys += fmt::format(", {} AS s{}", terms[i].expression, i);
            parts += fmt::format("{}SELECT * FROM (SELECT k.no, {} AS past{}{}{} LIMIT {})",
                                 parts.empty() ? "" : " UNION ALL ", budget > 0 ? "scan_past(k.no)" : "0", keys,
                                 write_from(out, query_, scope_, piece), order_by(terms), out.bind(wanted_));
        }
        out << "SELECT no, past FROM (" << parts << ")";
        for (std::size_t i = 0; i < terms.size() && merge; ++i)
            out << fmt::format("{}s{}{}", i == 0 ? " ORDER BY " : ", ", i, terms[i].direction);
        out << " LIMIT " << out.bind(wanted_);
        std::vector<std::int64_t> found;
        bool past = false;
        CHECK_OK(session_.query(out.text, std::move(out.values), [&](const Row& row) {
            found.push_back(row.integer(0));
            past = past || row.boolean(1);
        }));
        if (past)
            return std::optional<std::vector<std::int64_t>>{};
        found.erase(found.begin(), found.begin() + std::min<std::ptrdiff_t>(std::ssize(found), query_.offset));
        return std::optional(std::move(found));
    }

    /// Few candidates are gathered; else rows are passed in order, and if that takes unusually long, gathered after
    /// all.
    Result<std::vector<std::int64_t>> choose(std::string_view index, Source source) const {
        const std::int64_t population = index == kByCollection ? scope_.items_in_collections : scope_.items;
        const Rank rank = source == Source::Boxes && !order_is_wide() ? box_rank(query_) : Rank{};
        const double cost = scan_cost(index) / (rank.expression.empty() ? 1 : kRankedCost);
        const auto cap = static_cast<std::int64_t>(std::clamp(
            std::sqrt(static_cast<double>(wanted_) * static_cast<double>(population) * cost), 300.0, 50'000.0));
        TRY(const std::int64_t candidates, count_candidates(source, cap + 1));
        if (candidates > cap) {
            const std::int64_t budget = kPatience * (wanted_ * population / cap + wanted_ + 1'000);
            TRY(auto found, in_order(index, budget >= population ? 0 : budget));
            if (found)
                return *std::move(found);
        }
        if (!rank.expression.empty() && candidates > most_ranked() && asks_place_and_time_only()) {
            TRY(auto found, ranked(rank, most_ranked()));
            if (found)
                return *std::move(found);
        }
        if (!rank.expression.empty()) {
            TRY(auto found, ranked(rank, -1));
            if (found)
                return *std::move(found);
        }
        return gather(source);
    }

    /// Candidates of the source, `most` if there are as many or more.
    Result<std::int64_t> count_candidates(Source source, std::int64_t most) const {
        if (source == Source::Collection)
            return std::min(scope_.items_in_collections, most);
        if (expected_share(query_) * static_cast<double>(scope_.items) > 4 * static_cast<double>(most))
            return most;
        SqlWriter out(session_.engine());
        out << write_probe(out, query_, scope_, most);
        TRY(const auto counted, numbers(std::move(out)));
        return counted.front();
    }

    std::string from_postgres(SqlWriter& out, const Piece& piece) const {
        return fmt::format(" FROM item_key k{} WHERE k.project_no IN ({}){}",
                           piece.wide ? " JOIN item i ON i.no = k.no" : "", out.bind_list(scope_.projects),
                           piece.conditions + piece.wide_conditions);
    }

    Result<std::vector<std::int64_t>> run_postgres() const {
        TRY(auto found, first_rows());
        if (found)
            return *std::move(found);
        SqlWriter out(session_.engine());
        Piece piece = piece_of(out, Source::Rows);
        piece.wide = piece.wide || order_is_wide();
        const std::string order = order_by(order_terms(out, query_.sort));
        out << "SELECT k.no" << from_postgres(out, piece) << order
            << fmt::format(" LIMIT {} OFFSET {}", out.bind(query_.limit), out.bind(query_.offset));
        return numbers(std::move(out));
    }

    /// How many rows of an index hold the page if items are spread evenly, and as many again. A power of two, so that
    /// texts repeat and statements stay prepared.
    std::int64_t rows_to_scan(std::string_view index) const {
        ItemQuery within = query_;
        if (index == "item_key_time")
            within.datetime.reset();
        const double needed = static_cast<double>(wanted_) / std::max(expected_share(within), 1e-9);
        return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(2 * needed) + 1000));
    }

    /// The page from the first rows in order, if they fill it and passing over them is cheaper than gathering.
    Result<std::optional<std::vector<std::int64_t>>> first_rows() const {
        using Page = std::optional<std::vector<std::int64_t>>;
        const std::string_view index = order_index(query_, scope_);
        if (index.empty() || scope_.projects.size() != 1 || query_.sort.size() > 1 || query_.ids || query_.stac_ids)
            return Page{};
        const double gathering = kGatherCostPostgres * expected_share(query_) * static_cast<double>(scope_.items);
        std::int64_t rows = rows_to_scan(index);
        for (; static_cast<double>(rows) <= gathering; rows *= kMoreRows) {
            TRY(auto found, page_of_first(index, rows));
            if (std::ssize(found) == query_.limit)
                return Page(std::move(found));
        }
        return Page{};
    }

    Result<std::vector<std::int64_t>> page_of_first(std::string_view index, std::int64_t rows) const {
        SqlWriter out(session_.engine());
        Piece piece = piece_of(out, Source::Order);
        piece.index = index;
        piece.projects = scope_.projects;
        piece.budget = rows;
        std::vector<OrderTerm> terms = order_terms(out, query_.sort);
        for (OrderTerm& term : terms) // nothing is absent
            term.direction = term.direction.substr(0, term.direction.find(" NULLS"));
        const std::string order = order_by(terms);
        out << "SELECT k.no" << write_first_rows(out, query_, scope_, piece, order) << order
            << fmt::format(" LIMIT {} OFFSET {}", out.bind(query_.limit), out.bind(query_.offset));
        return numbers(std::move(out));
    }

    Session& session_;
    const ItemQuery& query_;
    const SearchScope& scope_;
    std::int64_t wanted_;
};

/// The value of a sort term, behind which stands whether a decimal is an integer.
FilterValue key_of(const Row& row, int column, ValueType type, Engine engine) {
    if (row.is_null(column))
        return std::monostate();
    const bool exact = type == ValueType::Decimal && engine == Engine::Sqlite;
    if (type == ValueType::Instant || (exact && row.boolean(column + 1)))
        return row.integer(column);
    if (type == ValueType::Number || exact)
        return row.real(column);
    return row.str(column);
}

/// What a row is ordered by, by the terms of the query.
Result<std::optional<ItemCursor>> cursor_of(Session& session, const ItemQuery& query, std::int64_t no) {
    SqlWriter out(session.engine());
    const auto terms = order_terms(out, query.sort);
    std::string keys;
    for (const OrderTerm& term : terms) {
        const bool decimal = term.type == ValueType::Decimal;
        const std::string value =
            decimal && !out.sqlite() ? fmt::format("CAST({} AS TEXT)", term.expression) : term.expression;
        keys += fmt::format("{}{}, {}", keys.empty() ? "" : ", ", value,
                            decimal && out.sqlite() ? fmt::format("typeof({}) = 'integer'", term.expression) : "0");
    }
    out << "SELECT " << keys << " FROM item_key k JOIN item i ON i.no = k.no WHERE k.no = " << out.bind(no);
    std::optional<ItemCursor> cursor;
    CHECK_OK(session.query(out.text, std::move(out.values), [&](const Row& row) {
        cursor.emplace();
        for (int i = 0; i < static_cast<int>(terms.size()); ++i)
            cursor->keys.push_back(key_of(row, 2 * i, terms[static_cast<std::size_t>(i)].type, session.engine()));
    }));
    return cursor;
}

void append_value(std::string& out, const Value& value) {
    out += static_cast<char>('0' + value.index());
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        out += std::to_string(*integer);
    else if (const auto* real = std::get_if<double>(&value))
        out += fmt::format("{}", *real);
    else if (const auto* text = std::get_if<std::string>(&value))
        out += fmt::format("{}:{}", text->size(), *text);
    else if (const auto* blob = std::get_if<Blob>(&value))
        out += fmt::format("{}:{}", blob->bytes.size(), blob->bytes);
    out += ';';
}

Result<std::int64_t> count_matches(Session& session, const Search& search, const SearchScope& scope,
                                   SearchCounts& counts) {
    if (search.is_plain())
        return scope.collections ? scope.items_in_collections : scope.items;
    SqlWriter out = search.count_sql();
    std::string question = out.text;
    for (const Value& value : out.values)
        append_value(question, value);
    if (const auto known = counts.find(question, scope.version))
        return *known;
    std::int64_t count = 0;
    CHECK_OK(session.query(out.text, std::move(out.values), [&](const Row& row) { count = row.integer(0); }));
    counts.put(question, scope.version, count);
    return count;
}

} // namespace

Result<ItemPage> search_page(Session& session, const ItemQuery& query, const std::optional<ItemCursor>& after,
                             SearchCounts& counts) {
    CHECK_OK(check_size(query));
    TRY(SearchScope scope, scope_of(session, query));
    ItemPage page;
    if (matches_nothing(query, scope))
        return page;
    scope.after = after;
    ItemQuery asked = query;
    asked.limit += query.limit > 0 ? 1 : 0; // to know whether more follows
    const Search search(session, asked, scope);
    TRY(auto numbers, search.page());
    if (std::ssize(numbers) > query.limit) {
        numbers.pop_back();
        TRY(page.end, cursor_of(session, query, numbers.back()));
    }
    TRY(page.texts, read_item_texts(session, numbers, query.text));
    scope.after.reset(); // every page tells of all
    TRY(page.matched, count_matches(session, search, scope, counts));
    return page;
}

Result<std::vector<std::int64_t>> search_numbers(Session& session, const ItemQuery& query,
                                                 const std::optional<ItemCursor>& after) {
    CHECK_OK(check_size(query));
    TRY(SearchScope scope, scope_of(session, query));
    if (matches_nothing(query, scope))
        return std::vector<std::int64_t>();
    scope.after = after;
    ItemQuery asked = query;
    ++asked.limit;
    return Search(session, asked, scope).page();
}

Result<ItemTexts> search_items(Session& session, const ItemQuery& query, SearchCounts& counts) {
    return search_page(session, query, std::nullopt, counts).map([](ItemPage&& page) {
        return ItemTexts{std::move(page.texts), page.matched};
    });
}

} // namespace landfall::catalog

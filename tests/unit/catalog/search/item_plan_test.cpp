#include "catalog/items/item_index.hpp"
#include "catalog/search/item_plan.hpp"
#include "unit/catalog/catalog_fixture.hpp"

namespace landfall::catalog {
namespace {

using namespace test_support;

class ItemPlanTest : public CatalogTest<SqliteEngine> {
protected:
    ItemPlanTest() {
        query_.organization_id = organization_.id;
        scope_.projects = {1};
        scope_.items = 100;
    }
    std::string plan(const Piece& piece, const std::string& order) {
        SqlWriter out(Engine::Sqlite);
        out << "EXPLAIN QUERY PLAN SELECT k.no" << write_from(out, query_, scope_, piece) << order << " LIMIT 100";
        std::string lines;
        const Status done = db_->read([&](Session& session) {
            return session.query(out.text, out.values, [&](const Row& row) { lines += row.str(3) + "\n"; });
        });
        EXPECT_TRUE(done) << done.error().cause;
        return lines;
    }
    ItemQuery query_;
    SearchScope scope_;
};

constexpr const char* kNewest = " ORDER BY k.created_at DESC, k.id DESC";

TEST_F(ItemPlanTest, BoxesAreReadFirstAndRowsFoundByNumber) {
    query_.bbox = geo::Bounds{1, 2, 3, 4};
    const std::string lines = plan({.source = Source::Boxes}, kNewest);
    EXPECT_LT(lines.find("SCAN b VIRTUAL TABLE INDEX 2:"), lines.find("SEARCH k USING INTEGER PRIMARY KEY")) << lines;
    EXPECT_NE(lines.find("SEARCH k USING INTEGER PRIMARY KEY"), std::string::npos) << lines;
}

TEST_F(ItemPlanTest, RankedBoxesAreSortedBeforeTheRowsAreLookedAt) {
    query_.bbox = geo::Bounds{1, 2, 3, 4};
    const std::string lines = plan({.source = Source::Ranked, .rank = box_rank(query_)}, "");
    EXPECT_LT(lines.find("USE TEMP B-TREE FOR ORDER BY"), lines.find("SEARCH k USING INTEGER PRIMARY KEY")) << lines;
}

TEST_F(ItemPlanTest, TheDefaultOrderIsAnIndexOnlyScanWithoutSorting) {
    const std::string lines =
        plan({.source = Source::Order, .index = "item_key_created", .projects = {1}, .budget = 10}, kNewest);
    EXPECT_NE(lines.find("USING COVERING INDEX item_key_created (project_no=?)"), std::string::npos) << lines;
    EXPECT_EQ(lines.find("TEMP B-TREE"), std::string::npos) << lines;
}

TEST_F(ItemPlanTest, EveryOrderIndexYieldsItsOrderInBothDirections) {
    const std::vector<std::pair<std::string, std::string>> orders{{"datetime", "k.t_start"},
                                                                  {"updated_at", "k.updated_at"},
                                                                  {"cloud_cover", "k.cloud_cover"},
                                                                  {"gsd", "k.gsd"},
                                                                  {"name", "k.name"}};
    for (const auto& [field, column] : orders)
        for (const bool descending : {false, true}) {
            query_.sort = {{{field, {}}, descending}};
            SqlWriter out(Engine::Sqlite);
            std::string order;
            for (const OrderTerm& term : order_terms(out, query_.sort))
                order += (order.empty() ? " ORDER BY " : ", ") + term.expression + std::string(term.direction);
            const std::string lines =
                plan({.source = Source::Order, .index = order_index(query_, scope_), .projects = {1}}, order);
            EXPECT_EQ(lines.find("TEMP B-TREE"), std::string::npos) << order << "\n" << lines;
        }
}

TEST_F(ItemPlanTest, AWindowIsARangeOfTheTimeOrder) {
    query_.datetime = TimeRange{at_second(0), at_second(100)};
    const std::string lines = plan({.source = Source::Window}, kNewest);
    EXPECT_NE(lines.find("item_key_time (project_no=? AND t_start>? AND t_start<?)"), std::string::npos) << lines;
}

TEST_F(ItemPlanTest, ACollectionIsReadInOrder) {
    scope_.collections = std::vector<std::int64_t>{3};
    EXPECT_EQ(order_index(query_, scope_), kByCollection);
    const std::string lines = plan({.source = Source::Order, .index = kByCollection, .projects = {1}}, kNewest);
    EXPECT_EQ(lines.find("TEMP B-TREE"), std::string::npos) << lines;
}

TEST_F(ItemPlanTest, ANarrowIndexTellsPlacesApartBeforeTheRowIsLookedAt) {
    query_.bbox = geo::Bounds{1, 2, 3, 4};
    query_.sort = {{{"name", {}}, false}};
    SqlWriter out(Engine::Sqlite);
    out << "EXPLAIN SELECT k.no"
        << write_from(
               out, query_, scope_,
               {.source = Source::Order, .index = "item_key_name", .projects = {1}, .conditions = " AND k.shape = 1"})
        << " ORDER BY k.name, k.id LIMIT 100";
    // Functions run in the order of the program; the row's own columns come from cursor 0, the index's from another.
    std::vector<std::string> steps;
    const Status done = db_->read([&](Session& s) {
        return s.query(out.text, out.values, [&](const Row& row) {
            if (row.str(1) == "Function" || (row.str(1) == "Column" && row.integer(2) == 0))
                steps.push_back(row.str(1));
        });
    });
    ASSERT_TRUE(done) << done.error().cause;
    ASSERT_FALSE(steps.empty());
    EXPECT_EQ(steps.front(), "Function");
}

TEST_F(ItemPlanTest, RanksOfBoxesFollowTheirOrder) {
    EXPECT_EQ(box_rank(query_).expression, "b.box / 2");
    query_.sort = {{{"cloud_cover", {}}, false}};
    EXPECT_EQ(box_rank(query_).expression, "b.cloud_to");
    query_.sort = {{{"name", {}}, false}};
    EXPECT_TRUE(box_rank(query_).expression.empty());
    EXPECT_LT(cloud_axis(10).from, cloud_axis(20).from);
    EXPECT_LT(cloud_axis(100).to, cloud_axis(std::nullopt).to) << "absent values come last, rising";
    EXPECT_GT(cloud_axis(0).from, cloud_axis(std::nullopt).from) << "and falling";
}

TEST_F(ItemPlanTest, RowsPastTheBudgetAreToldApartAndCountedAnewInEachRun) {
    write([&](Session& s) -> Status {
        for (int n = 0; n < 5; ++n)
            CHECK_OK(insert_item(s, new_item(n)));
        return {};
    });
    SqlWriter out(Engine::Sqlite);
    const Piece piece{.source = Source::Order,
                      .index = "item_key_created",
                      .projects = {1},
                      .conditions = " AND k.created_at = 0",
                      .budget = 3};
    out << "SELECT scan_past(k.no)" << write_from(out, query_, scope_, piece) << kNewest;
    for (int round = 0; round < 2; ++round) {
        std::string past;
        const Status done = db_->read([&](Session& s) {
            return s.query(out.text, out.values, [&](const Row& row) { past += row.boolean(0) ? "past " : "hit "; });
        });
        ASSERT_TRUE(done) << done.error().cause;
        EXPECT_EQ(past, "past past ") << "the oldest item, a hit, lies past the third row";
    }
}

class ItemPlanPostgresTest : public CatalogTest<PostgresEngine> {};

TEST_F(ItemPlanPostgresTest, TheFirstRowsOfAnOrderAreReadFromItsIndexWithoutSorting) {
    // Of so few rows a plan that sorts may be the cheapest; what is shown is that the index needs no sorting.
    write([&](Session& s) -> Status {
        for (int n = 0; n < 300; ++n) {
            ItemRow row = new_item(n);
            row.datetime = at_second(n);
            row.cloud_cover = n % 100;
            CHECK_OK(insert_item(s, row));
        }
        return {};
    });
    for (const char* column : {"created_at", "datetime", "cloud_cover", "gsd", "name", "updated_at"})
        for (const bool falls : {true, false}) {
            ItemQuery query;
            query.bbox = geo::Bounds{1, 2, 3, 4};
            query.sort = {{{column, {}}, falls}};
            SearchScope scope;
            scope.projects = {1};
            SqlWriter out(Engine::Postgres);
            const std::string_view direction = falls ? " DESC" : " ASC";
            const std::string order =
                fmt::format(" ORDER BY {}{}, k.id{}", order_terms(out, query.sort)[0].expression, direction, direction);
            out << "EXPLAIN SELECT k.no"
                << write_first_rows(
                       out, query, scope,
                       {.source = Source::Order, .index = order_index(query, scope), .projects = {1}, .budget = 100},
                       order)
                << order << " LIMIT 10";
            std::string lines;
            const Status done = db_->write([&](Session& s) -> Status {
                CHECK_OK(s.execute("ANALYZE item_key", {}));
                CHECK_OK(s.execute("SET LOCAL enable_sort = off", {}));
                return s.query(out.text, out.values, [&](const Row& row) { lines += row.str(0) + "\n"; });
            });
            ASSERT_TRUE(done) << done.error().cause;
            EXPECT_NE(lines.find(order_index(query, scope)), std::string::npos) << lines;
            EXPECT_EQ(lines.find("Sort"), std::string::npos) << lines;
        }
}

} // namespace
} // namespace landfall::catalog

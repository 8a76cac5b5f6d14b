#include "database/postgres_sql.hpp"

#include <gtest/gtest.h>

namespace landfall::database {
namespace {

struct Case {
    std::string_view from;
    std::string_view to;
    int parameters;
};

TEST(PostgresSql, PlaceholdersAreRewrittenOutsideOfLiteralsNamesAndComments) {
    for (const Case& c : std::initializer_list<Case>{
             {"SELECT ?1, ?12", "SELECT $1, $12", 12},
             {"SELECT '?1', ?1", "SELECT '?1', $1", 1},
             {"SELECT 'it''s ?1' || ?2", "SELECT 'it''s ?1' || $2", 2},
             {R"(SELECT "a?1" = ?1)", R"(SELECT "a?1" = $1)", 1},
             {"SELECT 1 -- ?1\n, ?2", "SELECT 1 -- ?1\n, $2", 2},
             {"SELECT 1 -- ?1", "SELECT 1 -- ?1", 0},
             {"SELECT /* ?1 /* ?2 */ ?3 */ ?4", "SELECT /* ?1 /* ?2 */ ?3 */ $4", 4},
             {"SELECT $$?1$$, $t$ ?2 $$ $t$, ?3", "SELECT $$?1$$, $t$ ?2 $$ $t$, $3", 3},
             {R"(SELECT E'\'?1', ?2)", R"(SELECT E'\'?1', $2)", 2},
             {R"(SELECT date'\', ?1)", R"(SELECT date'\', $1)", 1},
             {"SELECT j ? 'key', j ?| ?1", "SELECT j ? 'key', j ?| $1", 1},
             {"SELECT 4 - ?1 / ?2 * -?1", "SELECT 4 - $1 / $2 * -$1", 2},
             {"SELECT 'open ?1", "SELECT 'open ?1", 0},
             {"SELECT /* open ?1", "SELECT /* open ?1", 0},
             {"SELECT $x$ open ?1", "SELECT $x$ open ?1", 0},
             {"?", "?", 0},
             {"", "", 0},
         }) {
        const PostgresSql sql = to_postgres(c.from);
        EXPECT_EQ(sql.text, c.to);
        EXPECT_EQ(sql.parameters, c.parameters) << c.from;
    }
}

} // namespace
} // namespace landfall::database

#include "catalog/ledger/upkeep_turn.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kTake = sql<insert_into<UpkeepTurnRow>, R"(
 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE upkeep_turn.held_until <= ?5 AND upkeep_turn.done_at <= ?6)">;
constexpr std::string_view kProlong = "UPDATE upkeep_turn SET held_until = ?3 WHERE name = ?1 AND holder = ?2";
constexpr std::string_view kEnd =
    "UPDATE upkeep_turn SET holder = NULL, held_until = 0, done_at = ?3 WHERE name = ?1 AND holder = ?2";

} // namespace

Result<bool> take_upkeep_turn(Session& session, const UpkeepTurnRow& row, Timestamp now, Timestamp done_before) {
    std::vector<Value> values = insert_values(row);
    values.push_back(value_of(now));
    values.push_back(value_of(done_before));
    return changed(session.execute(kTake, std::move(values)));
}

Result<bool> prolong_upkeep_turn(Session& session, const UpkeepTurnRow& row) {
    return changed(session.run(kProlong, row.name, row.holder, row.held_until));
}

Status end_upkeep_turn(Session& session, const UpkeepTurnRow& row) {
    return done(session.run(kEnd, row.name, row.holder, row.done_at));
}

} // namespace landfall::catalog

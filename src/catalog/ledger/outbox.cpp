#include "catalog/ledger/outbox.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

#include <algorithm>

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<EventRow>>;
constexpr SqlText kTake = "DELETE FROM outbox WHERE no IN (SELECT no FROM outbox ORDER BY no LIMIT ?1";
constexpr std::string_view kTakeSqlite = sql<kTake, ") RETURNING ", names_of<EventRow>>;
constexpr std::string_view kTakePostgres = sql<kTake, " FOR UPDATE SKIP LOCKED) RETURNING ", names_of<EventRow>>;

} // namespace

Status record_event(Transaction& transaction, const NewEvent& event) {
    EventRow row;
    row.id = EventId::make();
    row.type = event.type;
    row.organization_id = event.organization_id;
    row.entity_type = event.type.substr(0, event.type.find('.'));
    row.entity_id = event.entity_id;
    row.data = event.data;
    row.created_at = event.at;
    transaction.recorded_event();
    return transaction.session.execute_later(kInsert, insert_values(row));
}

Result<std::vector<EventRow>> take_events(Transaction& transaction, std::int64_t limit) {
    TRY(auto taken,
        transaction.session.all(transaction.session.pick(kTakeSqlite, kTakePostgres), read_as<EventRow>, limit));
    std::sort(taken.begin(), taken.end(), [](const EventRow& a, const EventRow& b) { return a.no < b.no; });
    return taken;
}

} // namespace landfall::catalog

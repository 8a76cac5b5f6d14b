#include "catalog/ledger/outbox.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

#include <algorithm>

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, type, organization_id, entity_type, entity_id, data, created_at";
constexpr std::string_view kInsert = insert_sql<"outbox", kColumns>;
constexpr SqlText kTake = "DELETE FROM outbox WHERE no IN (SELECT no FROM outbox ORDER BY no LIMIT ?1";
constexpr SqlText kReturning = ") RETURNING id, type, organization_id, entity_type, entity_id, data, created_at, no";
constexpr std::string_view kTakeSqlite = sql<kTake, kReturning>;
constexpr std::string_view kTakePostgres = sql<kTake, " FOR UPDATE SKIP LOCKED", kReturning>;

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.type, r.organization_id, r.entity_type, r.entity_id, r.data, r.created_at);
}

} // namespace

static auto fields_of(EventRow& row) {
    return tie(row);
}

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
    return done(transaction.session.execute(kInsert, bind_fields(tie(std::as_const(row)))));
}

Result<std::vector<EventRow>> take_events(Transaction& transaction, std::int64_t limit) {
    constexpr int kNo = 7;
    std::vector<std::pair<std::int64_t, EventRow>> taken;
    CHECK_OK(transaction.session.each(
        transaction.session.pick(kTakeSqlite, kTakePostgres),
        [&](const Row& row) { taken.emplace_back(row.integer(kNo), read_row<EventRow>(row)); }, limit));
    std::sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<EventRow> events;
    events.reserve(taken.size());
    for (auto& [no, event] : taken)
        events.push_back(std::move(event));
    return events;
}

} // namespace landfall::catalog

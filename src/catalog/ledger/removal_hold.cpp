#include "catalog/ledger/removal_hold.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kExpire = "DELETE FROM removal_hold WHERE expires_at <= ?1";
constexpr std::string_view kProlong = "UPDATE removal_hold SET expires_at = ?2 WHERE id = ?1 AND expires_at > ?3";
constexpr std::string_view kEnd = "DELETE FROM removal_hold WHERE id = ?1";
constexpr std::string_view kIsHeld = "SELECT 1 FROM removal_hold WHERE expires_at > ?1 LIMIT 1";

} // namespace

Status begin_removal_hold(Session& session, const RemovalHoldRow& row, Timestamp now) {
    CHECK_OK(session.run(kExpire, now));
    return done(session.execute(insert_into<RemovalHoldRow>, insert_values(row)));
}

Result<bool> prolong_removal_hold(Session& session, const RemovalHoldRow& row, Timestamp now) {
    return changed(session.run(kProlong, row.id, row.expires_at, now));
}

Status end_removal_hold(Session& session, std::string_view id) {
    return done(session.run(kEnd, id));
}

Result<bool> removal_is_held(Session& session, Timestamp now) {
    TRY(const auto held, session.first(kIsHeld, [](const Row&) { return true; }, now));
    return held.has_value();
}

} // namespace landfall::catalog

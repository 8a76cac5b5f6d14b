#include "catalog/ledger/rate_window.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kOpen = sql<insert_into<RateWindowRow>, " ON CONFLICT (subject, window_start) DO NOTHING">;
constexpr std::string_view kUsedSqlite = "SELECT used FROM rate_window WHERE subject = ?1 AND window_start = ?2";
constexpr std::string_view kUsedPostgres =
    "SELECT used FROM rate_window WHERE subject = ?1 AND window_start = ?2 FOR UPDATE";
constexpr std::string_view kTake = "UPDATE rate_window SET used = used + ?3 WHERE subject = ?1 AND window_start = ?2";
constexpr std::string_view kPurge = "DELETE FROM rate_window WHERE window_start < ?1";

} // namespace

Result<RateBlock> lease_rate_block(Session& session, const RateLease& lease) {
    CHECK_OK(session.execute(kOpen, insert_values(RateWindowRow{lease.key, lease.window_start})));
    TRY(const auto used,
        session.first(session.pick(kUsedSqlite, kUsedPostgres), read_as<std::int64_t>, lease.key, lease.window_start));
    const std::int64_t left = std::max<std::int64_t>(0, lease.limit - used.value_or(0));
    const std::int64_t taken = std::min(left, std::max<std::int64_t>(0, lease.wanted));
    if (taken > 0)
        CHECK_OK(session.run(kTake, lease.key, lease.window_start, taken));
    return RateBlock{taken, left - taken};
}

Result<std::int64_t> purge_rate_windows(Session& session, Timestamp before) {
    return session.run(kPurge, before);
}

} // namespace landfall::catalog

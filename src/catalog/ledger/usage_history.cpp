#include "catalog/ledger/usage_history.hpp"

#include "database/table_rows.hpp"

#include <algorithm>

namespace landfall::catalog {
namespace {

constexpr std::string_view kSumBefore = R"(
SELECT CAST(coalesce(sum(delta), 0) AS BIGINT) FROM usage_entry WHERE organization_id = ?1 AND kind = ?2 AND at < ?3)";
/// The sum of a kind's entries of a time, and how high it rose.
constexpr std::string_view kBetween = R"(
SELECT CAST(coalesce(sum(delta), 0) AS BIGINT), CAST(coalesce(max(level), 0) AS BIGINT) FROM (
    SELECT delta, sum(delta) OVER (ORDER BY at, id ROWS UNBOUNDED PRECEDING) AS level FROM usage_entry
    WHERE organization_id = ?1 AND kind = ?2 AND at >= ?3 AND at < ?4) entries)";

} // namespace

Result<std::vector<MonthlyUsage>> read_usage_between(Session& session, const OrganizationId& organization,
                                                     const std::vector<Timestamp>& instants) {
    struct Change {
        std::int64_t sum = 0;
        std::int64_t peak = 0;
    };
    std::vector<MonthlyUsage> months;
    TRY(const auto before,
        session.first(kSumBefore, read_as<std::int64_t>, organization, UsageKind::StorageUsed, instants.front()));
    std::int64_t level = before.value_or(0);
    for (std::size_t i = 0; i + 1 < instants.size(); ++i) {
        const auto between = [&](UsageKind kind) {
            return session
                .first(
                    kBetween, [](const Row& row) { return Change{row.integer(0), row.integer(1)}; }, organization, kind,
                    instants[i], instants[i + 1])
                .map([](const auto& change) { return change.value_or(Change{}); });
        };
        TRY(const Change storage, between(UsageKind::StorageUsed));
        TRY(const Change egress, between(UsageKind::EgressBytes));
        TRY(const Change tiles, between(UsageKind::TileRequests));
        months.push_back({level + std::max<std::int64_t>(0, storage.peak), egress.sum, tiles.sum});
        level += storage.sum;
    }
    return months;
}

} // namespace landfall::catalog

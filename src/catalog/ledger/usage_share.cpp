#include "catalog/ledger/usage_share.hpp"

#include "database/table_rows.hpp"

#include <algorithm>
#include <tuple>

namespace landfall::catalog {
namespace {

constexpr std::string_view kAdd = sql<insert_into<UsageShareRow>, R"(
 ON CONFLICT (organization_id, month, dimension, id, kind) DO UPDATE SET amount = usage_share.amount + excluded.amount)">;

/// Whose a stored file is, of the asset `a`.
constexpr SqlText kCounted = R"(
    FROM asset a JOIN object o ON o.id = a.object_id WHERE a.organization_id = ?1 AND a.deleted_at IS NULL
        AND a.is_rendition = 0)";
constexpr SqlText kOfProjects = "SELECT DISTINCT a.project_id AS id, a.object_id, o.size";
constexpr SqlText kOfItems = "SELECT DISTINCT a.item_id AS id, a.object_id, o.size";
constexpr SqlText kOfUsers = R"(
SELECT DISTINCT (SELECT i.created_by FROM item i WHERE i.id = a.item_id) AS id, a.object_id, o.size)";
constexpr SqlText kOfKeys = R"(
SELECT DISTINCT (SELECT k.id FROM upload u JOIN api_key k ON k.id = u.principal_id WHERE u.id = a.upload_id) AS id,
    a.object_id, o.size)";

/// Shares of storage and of what was counted in the month (?3), of the dimension ?2.
template<SqlText held>
constexpr auto kUsed = text_of<SqlParts<R"(
    SELECT id, size AS storage, 0 AS egress, 0 AS tiles FROM ()",
                                        held, kCounted, R"() held WHERE id IS NOT NULL
    UNION ALL
    SELECT id, 0, CASE WHEN kind = 'egress_bytes' THEN amount ELSE 0 END,
        CASE WHEN kind = 'tile_requests' THEN amount ELSE 0 END
    FROM usage_share WHERE organization_id = ?1 AND dimension = ?2 AND month = ?3)">>;

template<SqlText held, SqlText name>
constexpr std::string_view kPage = sql<R"(
SELECT id, ()",
                                       name, R"(), storage, egress, tiles FROM (
    SELECT id, CAST(sum(storage) AS BIGINT) AS storage, CAST(sum(egress) AS BIGINT) AS egress,
        CAST(sum(tiles) AS BIGINT) AS tiles
    FROM ()",
                                       kUsed<held>, R"() used GROUP BY id
    ORDER BY storage DESC, egress DESC, tiles DESC, id LIMIT ?4 OFFSET ?5) share)">;
template<SqlText held>
constexpr std::string_view kCount = sql<"SELECT count(DISTINCT id) FROM (", kUsed<held>, ") used">;

struct Statements {
    std::string_view page, count;
};
template<SqlText held, SqlText name>
constexpr Statements kStatements{kPage<held, name>, kCount<held>};

const Statements& statements_of(UsageDimension dimension) {
    switch (dimension) {
    case UsageDimension::Project:
        return kStatements<kOfProjects, "SELECT p.name FROM project p WHERE p.id = share.id">;
    case UsageDimension::User:
        return kStatements<kOfUsers, "SELECT u.name FROM app_user u WHERE u.id = share.id">;
    case UsageDimension::Key:
        return kStatements<kOfKeys, "SELECT k.name FROM api_key k WHERE k.id = share.id">;
    case UsageDimension::Item:
        break;
    }
    return kStatements<kOfItems, "SELECT i.name FROM item i WHERE i.id = share.id">;
}

} // namespace

Status add_usage_shares(Session& session, const std::vector<UsageShareRow>& shares) {
    std::vector<const UsageShareRow*> sorted; // in the order in which everybody locks them
    for (const auto& share : shares)
        sorted.push_back(&share);
    std::ranges::sort(sorted, {}, [](const UsageShareRow* share) {
        return std::tie(share->organization_id, share->month, share->dimension, share->id, share->kind);
    });
    for (const auto* share : sorted)
        CHECK_OK(session.execute(kAdd, insert_values(*share)));
    return {};
}

Result<UsageSharePage> list_usage_shares(Session& session, const UsageShares& wanted) {
    const Statements& statements = statements_of(wanted.dimension);
    UsageSharePage page;
    TRY(page.shares, session.all(
                         statements.page,
                         [](const Row& row) {
                             return UsageShare{row.str(0), row.opt_str(1), row.integer(2), row.integer(3),
                                               row.integer(4)};
                         },
                         wanted.organization_id, wanted.dimension, wanted.month, wanted.limit, wanted.offset));
    TRY(const auto total,
        session.first(statements.count, read_as<std::int64_t>, wanted.organization_id, wanted.dimension, wanted.month));
    page.total = total.value_or(0);
    return page;
}

} // namespace landfall::catalog

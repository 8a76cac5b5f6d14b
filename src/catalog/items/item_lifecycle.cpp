#include "catalog/items/item_lifecycle.hpp"

#include "catalog/items/item_index.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::size_t kMostBytes = 32U << 20U; ///< of the records of one list

constexpr SqlText kDue = R"(
WHERE expires_at <= ?1 AND deleted_at IS NULL AND (expires_at, id) > (?2, ?3)
  AND (?4 = '' OR organization_id = ?4)
  AND NOT EXISTS (SELECT 1 FROM subscription s WHERE s.organization_id = item.organization_id AND s.retention_change IS NOT NULL)
ORDER BY expires_at, id LIMIT ?5)";
constexpr std::string_view kListDue = sql<select_from<ItemRow>, kDue>;
constexpr std::string_view kLockDuePostgres = sql<select_from<ItemRow>, kDue, " FOR UPDATE">;
constexpr std::string_view kLockFreeDuePostgres = sql<select_from<ItemRow>, kDue, " FOR UPDATE SKIP LOCKED">;
constexpr SqlText kPage = R"( WHERE no IN (
    SELECT k.no FROM item_key k
    WHERE k.project_no = (SELECT p.no FROM project p WHERE p.id = ?2 AND p.organization_id = ?1)
        AND (k.created_at, k.id) > (?3, ?4)
    ORDER BY k.created_at, k.id LIMIT ?5)
AND deleted_at IS NULL ORDER BY created_at, id)";
constexpr std::string_view kPageSqlite = sql<select_from<ItemRow>, kPage>;
constexpr std::string_view kPagePostgres = sql<select_from<ItemRow>, kPage, " FOR UPDATE">;
constexpr SqlText kEnding = R"(
WHERE organization_id = ?1 AND deleted_at IS NULL AND lifecycle_state IN ('active', 'expiring')
  AND expires_at <= ?2 AND expires_at <= CAST(?2 AS BIGINT) - CASE WHEN lifecycle_state = 'active' THEN CAST(?3 AS BIGINT) ELSE 0 END)";
constexpr SqlText kEnd = "expires_at + CASE WHEN lifecycle_state = 'active' THEN CAST(?3 AS BIGINT) ELSE 0 END";
constexpr std::string_view kListEnding = sql<"SELECT record FROM item ", kEnding, " ORDER BY ", kEnd, ", id LIMIT ?4">;
constexpr std::string_view kCountEnding =
    sql<"SELECT (", kEnd, ") / 86400000000 * 86400000000 AS day, count(*) FROM item ", kEnding,
        " GROUP BY day ORDER BY day LIMIT ?4">;
constexpr std::string_view kCountDeleted = "SELECT count(*) FROM item WHERE deleted_at IS NOT NULL AND deleted_at < ?1";
constexpr std::string_view kCountEnded = R"(
SELECT e.organization_id, e.project_id, e.ended,
    (SELECT count(*) FROM item i WHERE i.project_id = e.project_id AND i.deleted_at IS NULL)
FROM (SELECT organization_id, project_id, count(*) AS ended FROM item
    WHERE view_expires_at < ?1 AND view_expires_at IS NOT NULL AND deleted_at IS NULL
    GROUP BY organization_id, project_id) e)";
constexpr SqlText kEnded = R"(
WHERE view_expires_at < ?3 AND view_expires_at IS NOT NULL AND deleted_at IS NULL AND organization_id = ?1
    AND project_id = ?2 ORDER BY view_expires_at, id LIMIT ?4)";
constexpr std::string_view kLockEndedSqlite = sql<select_from<ItemRow>, kEnded>;
constexpr std::string_view kLockEndedPostgres = sql<select_from<ItemRow>, kEnded, " FOR UPDATE SKIP LOCKED">;
constexpr SqlText kOne = " WHERE organization_id = ?1 AND id = ?2";
constexpr std::string_view kEvenDeletedSqlite = sql<select_from<ItemRow>, kOne>;
constexpr std::string_view kEvenDeletedPostgres = sql<select_from<ItemRow>, kOne, " FOR UPDATE">;
constexpr std::string_view kUndelete = sql<R"(
UPDATE item SET deleted_at = NULL, lifecycle_state = ?3, collection_id = ?4, stac_id = ?5,
    collection_no = coalesce((SELECT c.no FROM collection c WHERE c.id = ?4), 0)
WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NOT NULL RETURNING )",
                                           names_of<ItemPlace>>;
constexpr std::string_view kUndeleteAssets = R"(
UPDATE asset SET deleted_at = NULL WHERE organization_id = ?1 AND item_id = ?2 AND deleted_at = ?3)";

std::vector<Value> values_of(const DueItems& wanted) {
    return {value_of(wanted.at), value_of(wanted.after), value_of(wanted.after_id),
            value_of(wanted.organization_id ? wanted.organization_id->str() : std::string()), value_of(wanted.limit)};
}

Result<std::vector<ItemRow>> read_due(Session& session, std::string_view sql, const DueItems& wanted) {
    std::vector<ItemRow> items;
    Status sound;
    CHECK_OK(session.query(sql, values_of(wanted), [&](const Row& row) {
        auto item = read_as<ItemRow>(row);
        if (item)
            items.push_back(std::move(*item));
        else
            sound = fail(std::move(item).error());
    }));
    CHECK_OK(std::move(sound));
    return items;
}

} // namespace

Result<std::vector<ItemRow>> list_due_items(Session& session, const DueItems& wanted) {
    return read_due(session, kListDue, wanted);
}

Result<std::vector<ItemRow>> lock_due_items(Session& session, const DueItems& wanted, Held held) {
    return read_due(session, session.pick(kListDue, held == Held::Skipped ? kLockFreeDuePostgres : kLockDuePostgres),
                    wanted);
}

Result<std::vector<ItemRow>> lock_item_batch(Session& session, const ItemBatch& page) {
    return session.all(session.pick(kPageSqlite, kPagePostgres), read_as<ItemRow>, page.organization_id,
                       page.project_id, page.after, page.after_id, page.limit);
}

Result<std::vector<std::string>> list_ending_items(Session& session, const EndingItems& wanted) {
    std::vector<std::string> records;
    std::size_t bytes = 0;
    CHECK_OK(session.each(
        kListEnding,
        [&](const Row& row) {
            bytes += row.text(0).size();
            if (bytes <= kMostBytes)
                records.emplace_back(row.text(0));
        },
        wanted.organization_id, wanted.until, wanted.warning_us, wanted.limit));
    return records;
}

Result<std::vector<EndingCount>> count_ending_items(Session& session, const EndingItems& wanted) {
    return session.all(
        kCountEnding, [](const Row& row) { return EndingCount{from_micros(row.integer(0)), row.integer(1)}; },
        wanted.organization_id, wanted.until, wanted.warning_us, wanted.limit);
}

Result<std::vector<EndedViews>> count_ended_views(Session& session, Timestamp before) {
    return session.all(
        kCountEnded,
        [](const Row& row) {
            return EndedViews{OrganizationId(row.str(0)), ProjectId(row.str(1)), row.integer(2), row.integer(3)};
        },
        before);
}

Result<std::vector<ItemRow>> lock_ended_views(Session& session, const EndedViews& project, Timestamp before,
                                              std::int64_t limit) {
    return session.all(session.pick(kLockEndedSqlite, kLockEndedPostgres), read_as<ItemRow>, project.organization_id,
                       project.project_id, before, limit);
}

Result<std::int64_t> count_items_deleted_before(Session& session, Timestamp before) {
    TRY(const auto count, session.first(kCountDeleted, read_as<std::int64_t>, before));
    return count.value_or(0);
}

Result<std::optional<ItemRow>> lock_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id) {
    return session.first(session.pick(kEvenDeletedSqlite, kEvenDeletedPostgres), read_as<ItemRow>, organization, id);
}

Result<bool> undelete_item(Session& session, const ItemRow& row) {
    TRY(const auto place, session.first(kUndelete, read_as<ItemPlace>, row.organization_id, row.id, row.lifecycle_state,
                                        row.collection_id, row.stac_id));
    if (!place)
        return false;
    CHECK_OK(index_item(session, *place, row));
    CHECK_OK(tally_item(session, *place, {.items = 1, .span_us = item_span(row), .at = row.updated_at}));
    return true;
}

Status undelete_assets(Session& session, const OrganizationId& organization, const ItemId& item, Timestamp deleted_at) {
    return done(session.run(kUndeleteAssets, organization, item, deleted_at));
}

} // namespace landfall::catalog

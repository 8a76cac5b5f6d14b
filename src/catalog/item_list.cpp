#include "catalog/item.hpp"
#include "catalog/item_texts.hpp"
#include "catalog/row_fields.hpp"

#include <fmt/format.h>

namespace landfall::catalog {
namespace {

constexpr SqlText kPlace = R"( FROM item_key k WHERE k.project_no =
    (SELECT no FROM project WHERE id = ?2 AND organization_id = ?1 AND deleted_at IS NULL))";
constexpr SqlText kNewest = " ORDER BY k.created_at DESC, k.id DESC LIMIT ?3 OFFSET ?4";
constexpr std::string_view kPageOfProject = sql<"SELECT k.no", kPlace, kNewest>;
constexpr std::string_view kPageOfCollection =
    sql<"SELECT k.no", kPlace, " AND k.collection_no = (SELECT no FROM collection WHERE id = ?5)", kNewest>;
constexpr std::string_view kPageUncollected = sql<"SELECT k.no", kPlace, " AND k.collection_no = 0", kNewest>;
constexpr SqlText kCount = R"(
SELECT CAST(coalesce(sum(t.items), 0) AS BIGINT) FROM item_tally t WHERE t.project_no =
    (SELECT no FROM project WHERE id = ?2 AND organization_id = ?1 AND deleted_at IS NULL))";
constexpr std::string_view kCountOfProject = sql<kCount, "">;
constexpr std::string_view kCountOfCollection =
    sql<kCount, " AND t.collection_no = (SELECT no FROM collection WHERE id = ?3)">;
constexpr std::string_view kCountUncollected = sql<kCount, " AND t.collection_no = 0">;
constexpr std::string_view kTextsSqlite[] = {
    "SELECT i.no, i.record FROM json_each(?1) j CROSS JOIN item i ON i.no = j.value",
    "SELECT i.no, i.document FROM json_each(?1) j CROSS JOIN item i ON i.no = j.value",
};
constexpr std::string_view kTextsPostgres[] = {
    "SELECT no, record FROM item WHERE no IN (SELECT CAST(json_array_elements_text(CAST(?1 AS JSON)) AS BIGINT))",
    "SELECT no, document FROM item WHERE no IN (SELECT CAST(json_array_elements_text(CAST(?1 AS JSON)) AS BIGINT))",
};
constexpr std::string_view kIds = sql<"SELECT k.id", kPlace, R"(
  AND (k.created_at, k.id) > (coalesce((SELECT created_at FROM item WHERE id = ?3), -9000000000000000000), ?3)
ORDER BY k.created_at, k.id LIMIT ?4)">;
constexpr std::string_view kIdsOfCollection = R"(
SELECT k.id FROM collection c JOIN project p ON p.id = c.project_id
JOIN item_key k ON k.project_no = p.no AND k.collection_no = c.no
WHERE c.organization_id = ?1 AND c.id = ?2 ORDER BY k.created_at, k.id LIMIT ?3)";
constexpr std::string_view kIdsOfCopies = R"(
SELECT id FROM item WHERE organization_id = ?1 AND duplicated_from_id = ?2 AND deleted_at IS NULL
ORDER BY created_at, id)";
constexpr SqlText kDueColumns = "SELECT organization_id, id, lifecycle_state, ";
constexpr std::string_view kDue = sql<kDueColumns, R"(expires_at FROM item
WHERE deleted_at IS NULL AND expires_at <= ?1 ORDER BY expires_at, id LIMIT ?2)">;
constexpr std::string_view kExpiring = sql<kDueColumns, R"(expires_at FROM item
WHERE deleted_at IS NULL AND expires_at <= ?2 AND organization_id = ?1 ORDER BY expires_at, id LIMIT ?3)">;
constexpr std::string_view kDeleted = sql<kDueColumns, R"(deleted_at FROM item
WHERE deleted_at IS NOT NULL AND deleted_at < ?1 ORDER BY deleted_at, id LIMIT ?2)">;
constexpr std::string_view kVersionOfAll = R"(
SELECT CAST(coalesce(sum(t.changes), 0) AS BIGINT) FROM project p JOIN item_tally t ON t.project_no = p.no
WHERE p.organization_id = ?1 AND p.deleted_at IS NULL)";
constexpr std::string_view kVersion = R"(
SELECT CAST(coalesce(sum(t.changes), 0) AS BIGINT) FROM project p JOIN item_tally t ON t.project_no = p.no
WHERE p.organization_id = ?1 AND p.id = ?2 AND p.deleted_at IS NULL)";
constexpr std::string_view kExtent = R"(
SELECT min(k.west), min(k.south), max(k.east), max(k.north), min(k.t_start), max(k.t_end), count(*),
    max(CASE WHEN k.west > k.east THEN 1 ELSE 0 END)
FROM collection c JOIN project p ON p.id = c.project_id
JOIN item_key k ON k.project_no = p.no AND k.collection_no = c.no
WHERE c.organization_id = ?1 AND c.id = ?2)";

DueItem read_due(const Row& row) {
    return {OrganizationId(row.text(0)), ItemId(row.text(1)), row.str(2), from_micros(row.integer(3))};
}

ItemId read_id(const Row& row) {
    return ItemId(row.text(0));
}

std::int64_t read_number(const Row& row) {
    return row.integer(0);
}

ItemExtent read_extent(const Row& row) {
    ItemExtent extent;
    extent.items = row.integer(6);
    if (!row.is_null(0)) {
        extent.bbox = Bounds{row.real(0), row.real(1), row.real(2), row.real(3)};
        if (row.integer(7) != 0)
            extent.bbox = Bounds{-180, row.real(1), 180, row.real(3)};
    }
    if (!row.is_null(4))
        extent.start = from_micros(row.integer(4));
    if (!row.is_null(5))
        extent.end = from_micros(row.integer(5));
    return extent;
}

} // namespace

Result<std::vector<std::string>> read_item_texts(Session& session, const std::vector<std::int64_t>& numbers,
                                                 ItemText text) {
    std::string list = "[";
    for (const std::int64_t no : numbers)
        list += fmt::format("{}{}", list.size() > 1 ? "," : "", no);
    list += "]";
    const auto which = static_cast<std::size_t>(text == ItemText::Document);
    std::unordered_map<std::int64_t, std::string> found;
    CHECK_OK(session.each(
        session.pick(kTextsSqlite[which], kTextsPostgres[which]),
        [&](const Row& row) { found.emplace(row.integer(0), row.text(1)); }, list));
    std::vector<std::string> texts;
    texts.reserve(numbers.size());
    for (const std::int64_t no : numbers)
        if (const auto it = found.find(no); it != found.end())
            texts.push_back(std::move(it->second));
    return texts;
}

Result<ItemTexts> list_items(Session& session, const ItemList& list, ItemText text) {
    ItemTexts page;
    std::vector<std::int64_t> numbers;
    std::optional<std::int64_t> matched;
    const auto& [organization, project, collection, uncollected, limit, offset] = list;
    if (collection) {
        TRY(numbers, session.all(kPageOfCollection, read_number, organization, project, limit, offset, *collection));
        TRY(matched, session.first(kCountOfCollection, read_number, organization, project, *collection));
    } else {
        TRY(numbers, session.all(uncollected ? kPageUncollected : kPageOfProject, read_number, organization, project,
                                 limit, offset));
        TRY(matched,
            session.first(uncollected ? kCountUncollected : kCountOfProject, read_number, organization, project));
    }
    TRY(page.texts, read_item_texts(session, numbers, text));
    page.matched = matched.value_or(0);
    return page;
}

Result<std::vector<ItemId>> list_item_ids(Session& session, const OrganizationId& organization,
                                          const ProjectId& project, const ItemId& after, std::int64_t limit) {
    return session.all(kIds, read_id, organization, project, after, limit);
}

Result<std::vector<ItemId>> list_item_ids_of_collection(Session& session, const OrganizationId& organization,
                                                        const CollectionId& collection, std::int64_t limit) {
    return session.all(kIdsOfCollection, read_id, organization, collection, limit);
}

Result<std::vector<ItemRow>> list_items_duplicated_from(Session& session, const OrganizationId& organization,
                                                        const ItemId& id) {
    TRY(const auto ids, session.all(kIdsOfCopies, read_id, organization, id));
    std::vector<ItemRow> rows;
    for (const ItemId& copy : ids) {
        TRY(auto row, find_item(session, organization, copy));
        if (row)
            rows.push_back(*std::move(row));
    }
    return rows;
}

Result<std::vector<DueItem>> list_items_due(Session& session, Timestamp until, std::int64_t limit) {
    return session.all(kDue, read_due, until, limit);
}

Result<std::vector<DueItem>> list_items_expiring(Session& session, const OrganizationId& organization, Timestamp until,
                                                 std::int64_t limit) {
    return session.all(kExpiring, read_due, organization, until, limit);
}

Result<std::vector<DueItem>> list_items_deleted_before(Session& session, Timestamp before, std::int64_t limit) {
    return session.all(kDeleted, read_due, before, limit);
}

Result<std::int64_t> read_items_version(Session& session, const OrganizationId& organization,
                                        const std::vector<ProjectId>& projects) {
    if (projects.empty()) {
        TRY(const auto version, session.first(kVersionOfAll, read_number, organization));
        return version.value_or(0);
    }
    std::int64_t sum = 0;
    for (const ProjectId& project : projects) {
        TRY(const auto version, session.first(kVersion, read_number, organization, project));
        sum += version.value_or(0);
    }
    return sum;
}

Result<ItemExtent> read_collection_extent(Session& session, const OrganizationId& organization,
                                          const CollectionId& collection) {
    TRY(auto extent, session.first(kExtent, read_extent, organization, collection));
    return extent.value_or(ItemExtent{});
}

} // namespace landfall::catalog

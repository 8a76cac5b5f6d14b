#include "catalog/items/item.hpp"
#include "catalog/items/item_texts.hpp"
#include "catalog/search/item_paging.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <limits>

namespace landfall::catalog {
namespace {

/// What one page may take, for it is held in memory several times.
constexpr std::size_t kPageBytes = 32U << 20U;

constexpr SqlText kPlace = R"( FROM item_key k WHERE k.project_no =
    (SELECT no FROM project WHERE id = ?2 AND organization_id = ?1 AND deleted_at IS NULL))";
constexpr SqlText kKeys = "SELECT k.no, k.created_at, k.id";
constexpr SqlText kNewest = R"( AND (k.created_at, k.id) < (?5, ?6)
ORDER BY k.created_at DESC, k.id DESC LIMIT ?3 OFFSET ?4)";
constexpr std::string_view kPageOfProject = sql<kKeys, kPlace, kNewest>;
constexpr std::string_view kPageOfCollection =
    sql<kKeys, kPlace, " AND k.collection_no = (SELECT no FROM collection WHERE id = ?7)", kNewest>;
constexpr std::string_view kPageUncollected = sql<kKeys, kPlace, " AND k.collection_no = 0", kNewest>;
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
constexpr SqlText kOldestOfCollection = R"( WHERE no IN (
    SELECT k.no FROM item_key k JOIN collection c ON c.no = k.collection_no JOIN project p ON p.id = c.project_id
    WHERE c.organization_id = ?1 AND c.id = ?2 AND k.project_no = p.no ORDER BY k.created_at, k.id LIMIT ?3)
ORDER BY created_at, id)";
constexpr std::string_view kOfCollectionSqlite = sql<select_from<ItemRow>, kOldestOfCollection>;
constexpr std::string_view kOfCollectionPostgres = sql<select_from<ItemRow>, kOldestOfCollection, " FOR UPDATE">;
constexpr SqlText kSomeOfProject = R"( WHERE no IN (
    SELECT i.no FROM item i
    WHERE i.project_no = (SELECT p.no FROM project p WHERE p.id = ?2 AND p.organization_id = ?1)
        AND i.deleted_at IS NULL LIMIT ?3)
ORDER BY created_at, id)";
constexpr std::string_view kOfProjectSqlite = sql<select_from<ItemRow>, kSomeOfProject>;
constexpr std::string_view kOfProjectPostgres = sql<select_from<ItemRow>, kSomeOfProject, " FOR UPDATE">;
constexpr std::string_view kUncollectedStacId = R"(
SELECT 1 FROM item WHERE project_no = (SELECT no FROM project WHERE id = ?2 AND organization_id = ?1)
    AND collection_no = 0 AND stac_id = ?3 AND deleted_at IS NULL)";
constexpr SqlText kLabels = text_of<SqlParts<select_from<ItemLabel>, " WHERE organization_id = ?1 AND id IN (SELECT ">>;
constexpr std::string_view kLabelsSqlite = sql<kLabels, "value FROM json_each(?2))">;
constexpr std::string_view kLabelsPostgres = sql<kLabels, "json_array_elements_text(CAST(CAST(?2 AS TEXT) AS JSON)))">;
constexpr SqlText kDeletedBefore = " WHERE deleted_at IS NOT NULL AND deleted_at < ?1 ORDER BY deleted_at, id LIMIT ?2";
constexpr std::string_view kDeletedSqlite = sql<select_from<DeletedItem>, kDeletedBefore>;
constexpr std::string_view kDeletedPostgres = sql<select_from<DeletedItem>, kDeletedBefore, " FOR UPDATE">;
constexpr std::string_view kFreeDeletedPostgres =
    sql<select_from<DeletedItem>, kDeletedBefore, " FOR UPDATE SKIP LOCKED">;
constexpr SqlText kDeletedOf = R"( WHERE deleted_at IS NOT NULL
  AND project_no = (SELECT p.no FROM project p WHERE p.id = ?2 AND p.organization_id = ?1) LIMIT ?3)";
constexpr std::string_view kDeletedOfSqlite = sql<select_from<DeletedItem>, kDeletedOf>;
constexpr std::string_view kDeletedOfPostgres = sql<select_from<DeletedItem>, kDeletedOf, " FOR UPDATE SKIP LOCKED">;

/// A row of a list, by what it is ordered.
struct Listed {
    std::int64_t no = 0;
    std::int64_t created_at = 0;
    std::string id;
};

/// The rows of a page, and one more if more follows.
Result<std::vector<Listed>> listed_items(Session& session, const ItemList& list,
                                         const std::optional<ItemCursor>& after) {
    const auto& [organization, project, collection, uncollected, limit, offset] = list;
    constexpr std::int64_t kNewestOfAll = std::numeric_limits<std::int64_t>::max();
    const auto keys = after ? after->keys : std::vector<FilterValue>{kNewestOfAll, std::string()};
    const auto* created = keys.size() == 2 ? std::get_if<std::int64_t>(keys.data()) : nullptr;
    const auto* id = keys.size() == 2 ? std::get_if<std::string>(&keys[1]) : nullptr;
    if (created == nullptr || id == nullptr)
        return fail_internal("a list of items goes on behind what is no item of it");
    const auto read = [](const Row& row) { return Listed{row.integer(0), row.integer(1), row.str(2)}; };
    if (collection)
        return session.all(kPageOfCollection, read, organization, project, limit + 1, offset, *created, *id,
                           *collection);
    return session.all(uncollected ? kPageUncollected : kPageOfProject, read, organization, project, limit + 1, offset,
                       *created, *id);
}

std::vector<std::int64_t> numbers_of(const std::vector<Listed>& listed) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(listed.size());
    for (const Listed& item : listed)
        numbers.push_back(item.no);
    return numbers;
}

Result<std::int64_t> count_listed(Session& session, const ItemList& list) {
    const std::string_view sql =
        list.collection_id ? kCountOfCollection : (list.uncollected ? kCountUncollected : kCountOfProject);
    const auto one = read_as<std::int64_t>;
    TRY(const auto count, list.collection_id
                              ? session.first(sql, one, list.organization_id, list.project_id, *list.collection_id)
                              : session.first(sql, one, list.organization_id, list.project_id));
    return count.value_or(0);
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
    std::size_t bytes = 0;
    CHECK_OK(session.each(
        session.pick(kTextsSqlite[which], kTextsPostgres[which]),
        [&](const Row& row) {
            bytes += row.text(1).size();
            if (bytes <= kPageBytes)
                found.emplace(row.integer(0), row.text(1));
        },
        list));
    if (bytes > kPageBytes)
        return fail_field("limit",
                          fmt::format("These {} items take more than {} MiB together; ask for at most {} at once",
                                      numbers.size(), kPageBytes >> 20U, found.size()));
    std::vector<std::string> texts;
    texts.reserve(numbers.size());
    for (const std::int64_t no : numbers)
        if (const auto it = found.find(no); it != found.end())
            texts.push_back(std::move(it->second));
    return texts;
}

Result<ItemPage> list_page(Session& session, const ItemList& list, const std::optional<ItemCursor>& after) {
    ItemPage page;
    TRY(auto listed, listed_items(session, list, after));
    if (std::ssize(listed) > list.limit) {
        listed.pop_back();
        if (!listed.empty())
            page.end = ItemCursor{{listed.back().created_at, listed.back().id}};
    }
    TRY(page.texts, read_item_texts(session, numbers_of(listed), ItemText::Record));
    TRY(page.matched, count_listed(session, list));
    return page;
}

Result<ItemTexts> list_items(Session& session, const ItemList& list, ItemText text) {
    ItemTexts page;
    TRY(auto listed, listed_items(session, list, std::nullopt));
    listed.resize(std::min(listed.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, list.limit))));
    TRY(page.texts, read_item_texts(session, numbers_of(listed), text));
    TRY(page.matched, count_listed(session, list));
    return page;
}

Result<std::vector<ItemRow>> lock_items_of_collection(Session& session, const OrganizationId& organization,
                                                      const CollectionId& collection, std::int64_t limit) {
    return session.all(session.pick(kOfCollectionSqlite, kOfCollectionPostgres), read_as<ItemRow>, organization,
                       collection, limit);
}

Result<std::vector<ItemRow>> lock_items_of_project(Session& session, const OrganizationId& organization,
                                                   const ProjectId& project, std::int64_t limit) {
    return session.all(session.pick(kOfProjectSqlite, kOfProjectPostgres), read_as<ItemRow>, organization, project,
                       limit);
}

Result<bool> is_uncollected_stac_id_taken(Session& session, const ItemRow& row) {
    TRY(const auto taken,
        session.first(kUncollectedStacId, read_as<std::int64_t>, row.organization_id, row.project_id, row.stac_id));
    return taken.has_value();
}

Result<std::vector<ItemLabel>> list_item_labels(Session& session, const OrganizationId& organization,
                                                const std::vector<std::string>& ids) {
    return session.all(session.pick(kLabelsSqlite, kLabelsPostgres), read_as<ItemLabel>, organization,
                       Json::array_of(ids).dump());
}

Result<std::vector<DeletedItem>> lock_items_deleted_before(Session& session, Timestamp before, std::int64_t limit,
                                                           Held held) {
    const std::string_view postgres = held == Held::Skipped ? kFreeDeletedPostgres : kDeletedPostgres;
    return session.all(session.pick(kDeletedSqlite, postgres), read_as<DeletedItem>, before, limit);
}

Result<std::vector<DeletedItem>> list_deleted_items_of(Session& session, const OrganizationId& organization,
                                                       const ProjectId& project, std::int64_t limit) {
    return session.all(session.pick(kDeletedOfSqlite, kDeletedOfPostgres), read_as<DeletedItem>, organization, project,
                       limit);
}

} // namespace landfall::catalog

#include "catalog/search/shown_items.hpp"

#include "database/table_rows.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace landfall::catalog {
namespace {

/// The number first: it is no column of the row.
constexpr SqlText kByNumber = text_of<SqlParts<"SELECT ", names_of<ShownItem, "i">, ", i.no FROM ">>;
constexpr std::string_view kByNumberSqlite =
    sql<kByNumber, "json_each(?1) j CROSS JOIN item i ON i.no = j.value WHERE i.deleted_at IS NULL">;
constexpr std::string_view kByNumberPostgres = sql<kByNumber, R"(item i WHERE i.deleted_at IS NULL
    AND i.no IN (SELECT CAST(json_array_elements_text(CAST(CAST(?1 AS TEXT) AS JSON)) AS BIGINT)))">;
constexpr SqlText kPlace = R"(
    project_no = (SELECT p.no FROM project p WHERE p.id = ?2 AND p.organization_id = ?1 AND p.deleted_at IS NULL)
    AND collection_no = (CASE WHEN CAST(?3 AS TEXT) IS NULL THEN 0 ELSE
        (SELECT c.no FROM collection c WHERE c.id = ?3 AND c.organization_id = ?1 AND c.deleted_at IS NULL) END)
    AND deleted_at IS NULL AND type <> 'collection_files')";
constexpr std::string_view kFind =
    sql<"SELECT ", names_of<ShownItem, "i">, " FROM item i WHERE ", kPlace, " AND stac_id = ?4">;
constexpr SqlText kSeen = " AND (view_expires_at IS NULL OR view_expires_at > ?5) AND stac_id";
constexpr std::string_view kLater = sql<"SELECT no FROM item WHERE ", kPlace, kSeen, " > ?4 ORDER BY stac_id LIMIT ?6">;
constexpr std::string_view kEarlier =
    sql<"SELECT no FROM item WHERE ", kPlace, kSeen, " < ?4 ORDER BY stac_id DESC LIMIT ?6">;

constexpr std::string_view kEndedViews = R"(
SELECT 1 FROM item WHERE view_expires_at <= ?2 AND view_expires_at IS NOT NULL AND deleted_at IS NULL
    AND project_id = ?1 LIMIT 1)";
constexpr std::string_view kFindPublisher = R"(
SELECT p.organization_id FROM item i JOIN project p ON p.id = i.project_id
WHERE i.id = ?1 AND i.deleted_at IS NULL AND p.is_public = 1 AND p.deleted_at IS NULL)";
constexpr std::string_view kUnpublished = R"(
SELECT id FROM collection WHERE organization_id = ?1 AND project_id = ?2 AND is_published = 0 AND deleted_at IS NULL)";

} // namespace

ShownItem shown(const ItemRow& row, std::string collection_stac_id) {
    return {row.id,
            row.collection_id,
            std::move(collection_stac_id),
            row.stac_id,
            row.name,
            row.geometry,
            row.bbox,
            row.datetime,
            row.start_datetime,
            row.end_datetime,
            row.properties,
            row.links,
            row.view_expires_at,
            row.created_at,
            row.updated_at,
            row.version};
}

Result<std::vector<ShownItem>> list_shown_items(Session& session, const std::vector<std::int64_t>& numbers) {
    constexpr int kNumber = 19; // behind the columns of the row
    std::unordered_map<std::int64_t, ShownItem> found;
    Status sound;
    CHECK_OK(session.each(
        session.pick(kByNumberSqlite, kByNumberPostgres),
        [&](const Row& row) {
            auto item = read_as<ShownItem>(row);
            if (item)
                found.emplace(row.integer(kNumber), *std::move(item));
            else
                sound = fail(std::move(item).error());
        },
        fmt::format("[{}]", fmt::join(numbers, ","))));
    CHECK_OK(std::move(sound));
    std::vector<ShownItem> items;
    items.reserve(numbers.size());
    for (const std::int64_t no : numbers)
        if (const auto it = found.find(no); it != found.end())
            items.push_back(std::move(it->second));
    return items;
}

Result<std::optional<ShownItem>> find_shown_item(Session& session, const StacAddress& address) {
    return session.first(kFind, read_as<ShownItem>, address.organization_id, address.project_id, address.collection_id,
                         address.stac_id);
}

Result<std::vector<std::int64_t>> list_by_stac_id(Session& session, const StacIdPage& page) {
    return session.all(page.backwards ? kEarlier : kLater, read_as<std::int64_t>, page.organization_id, page.project_id,
                       page.collection_id, page.from, page.now, page.limit);
}

Result<bool> has_items(Session& session, const StacIdPage& page) {
    StacIdPage one = page;
    one.limit = 1;
    TRY(const auto numbers, list_by_stac_id(session, one));
    return !numbers.empty();
}

Result<bool> has_ended_views(Session& session, const ProjectId& project, Timestamp now) {
    TRY(const auto any, session.first(kEndedViews, read_as<std::int64_t>, project, now));
    return any.has_value();
}

Result<std::optional<OrganizationId>> find_publisher(Session& session, const ItemId& item) {
    return session.first(kFindPublisher, read_as<OrganizationId>, item);
}

Result<std::vector<CollectionId>> list_unpublished(Session& session, const OrganizationId& organization,
                                                   const ProjectId& project) {
    return session.all(kUnpublished, read_as<CollectionId>, organization, project);
}

} // namespace landfall::catalog

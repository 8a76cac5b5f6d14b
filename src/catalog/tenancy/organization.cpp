#include "catalog/tenancy/organization.hpp"

#include "catalog/ledger/usage.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

#include <fmt/format.h>

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<OrganizationRow>, " ON CONFLICT (slug) DO NOTHING">;
constexpr SqlText kLive = " AND deleted_at IS NULL";
constexpr std::string_view kFind = sql<select_from<OrganizationRow>, " WHERE id = ?1", kLive>;
constexpr std::string_view kLockPostgres = sql<select_from<OrganizationRow>, " WHERE id = ?1", kLive, " FOR UPDATE">;
constexpr std::string_view kFindBySlug = sql<select_from<OrganizationRow>, " WHERE slug = ?1", kLive>;
constexpr std::string_view kFindByName =
    sql<select_from<OrganizationRow>, " WHERE name = ?1", kLive, " ORDER BY created_at, id LIMIT 1">;
constexpr std::string_view kList =
    sql<select_from<OrganizationRow>, " WHERE deleted_at IS NULL ORDER BY created_at, id">;
constexpr std::string_view kSlugTaken = "SELECT 1 FROM organization WHERE slug = ?1";

} // namespace

Result<bool> insert_organization(Session& session, const OrganizationRow& row) {
    TRY(const bool inserted, changed(session.execute(kInsert, insert_values(row))));
    if (!inserted)
        return false;
    for (const auto& [kind, name] : enum_names(Of<UsageKind>{}))
        CHECK_OK(session.execute(insert_into<UsageCounterRow>, insert_values(UsageCounterRow{row.id, kind, 0})));
    return true;
}

Result<std::optional<OrganizationRow>> find_organization(Session& session, const OrganizationId& id) {
    return session.first(kFind, read_as<OrganizationRow>, id);
}

Result<std::optional<OrganizationRow>> lock_organization(Session& session, const OrganizationId& id) {
    return session.first(session.pick(kFind, kLockPostgres), read_as<OrganizationRow>, id);
}

Result<std::optional<OrganizationRow>> find_organization_by_slug(Session& session, std::string_view slug) {
    return session.first(kFindBySlug, read_as<OrganizationRow>, slug);
}

Result<std::optional<OrganizationRow>> find_organization_by_name(Session& session, std::string_view name) {
    return session.first(kFindByName, read_as<OrganizationRow>, name);
}

Result<std::vector<OrganizationRow>> list_organizations(Session& session) {
    return session.all(kList, read_as<OrganizationRow>);
}

Result<bool> update_organization(Session& session, const OrganizationRow& row) {
    return changed(session.execute(update_of<OrganizationRow>, update_values(row)));
}

Result<std::string> free_organization_slug(Session& session, std::string_view wanted) {
    std::string slug(wanted);
    for (int number = 2;; ++number) {
        TRY(const auto taken, session.first(kSlugTaken, [](const Row&) { return true; }, slug));
        if (!taken)
            return slug;
        slug = fmt::format("{}-{}", wanted, number);
    }
}

} // namespace landfall::catalog

#include "catalog/tenancy/organization.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

#include <fmt/format.h>

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, name, slug, profile, enterprise_billing, quota_bytes, retention_days, past_due, "
                             "created_at, updated_at";
constexpr std::string_view kInsert = upsert_sql<"organization", kColumns, " ON CONFLICT (slug) DO NOTHING">;
constexpr std::string_view kInsertCounter =
    "INSERT INTO usage_counter (organization_id, kind, value) VALUES (?1, 'storage_used', 0), "
    "(?1, 'storage_reserved', 0), (?1, 'egress_bytes', 0), (?1, 'tile_requests', 0)";
constexpr std::string_view kFind = sql<"SELECT ", kColumns, " FROM organization WHERE id = ?1">;
constexpr std::string_view kFindBySlug = sql<"SELECT ", kColumns, " FROM organization WHERE slug = ?1">;
constexpr std::string_view kFindByName =
    sql<"SELECT ", kColumns, " FROM organization WHERE name = ?1 ORDER BY created_at, id LIMIT 1">;
constexpr std::string_view kList = sql<"SELECT ", kColumns, " FROM organization ORDER BY created_at, id">;
constexpr std::string_view kUpdate = R"(
UPDATE organization SET name = ?2, profile = ?3, enterprise_billing = ?4, quota_bytes = ?5, retention_days = ?6,
    past_due = ?7, updated_at = ?8
WHERE id = ?1)";
constexpr std::string_view kSlugTaken = "SELECT 1 FROM organization WHERE slug = ?1";

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.name, r.slug, r.profile, r.enterprise_billing, r.quota_bytes, r.retention_days, r.past_due,
                    r.created_at, r.updated_at);
}

} // namespace

static auto fields_of(OrganizationRow& row) {
    return tie(row);
}

Result<bool> insert_organization(Session& session, const OrganizationRow& row) {
    TRY(const bool inserted, changed(session.execute(kInsert, bind_fields(tie(row)))));
    if (inserted)
        CHECK_OK(session.run(kInsertCounter, row.id));
    return inserted;
}

Result<std::optional<OrganizationRow>> find_organization(Session& session, const OrganizationId& id) {
    return session.first(kFind, read_row<OrganizationRow>, id);
}

Result<std::optional<OrganizationRow>> find_organization_by_slug(Session& session, std::string_view slug) {
    return session.first(kFindBySlug, read_row<OrganizationRow>, slug);
}

Result<std::optional<OrganizationRow>> find_organization_by_name(Session& session, std::string_view name) {
    return session.first(kFindByName, read_row<OrganizationRow>, name);
}

Result<std::vector<OrganizationRow>> list_organizations(Session& session) {
    return session.all(kList, read_row<OrganizationRow>);
}

Result<bool> update_organization(Session& session, const OrganizationRow& row) {
    return changed(session.run(kUpdate, row.id, row.name, row.profile, row.enterprise_billing, row.quota_bytes,
                               row.retention_days, row.past_due, row.updated_at));
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

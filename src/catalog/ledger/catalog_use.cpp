#include "catalog/ledger/catalog_use.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kRead = sql<select_from<CatalogUseRow>, " WHERE organization_id = ?1">;
constexpr std::string_view kAuditBeyond = R"(
SELECT organization_id FROM catalog_use WHERE kind = 'audit' GROUP BY organization_id HAVING sum(bytes) > ?1)";

} // namespace

Result<CatalogUse> read_catalog_use(Session& session, const OrganizationId& organization) {
    TRY(const auto rows, session.all(kRead, read_as<CatalogUseRow>, organization));
    CatalogUse use;
    for (const auto& row : rows) {
        use.total += row.bytes;
        if (row.kind == CatalogKind::Live)
            use.live += row.bytes;
        else if (row.kind == CatalogKind::Deleted)
            use.deleted += row.bytes;
    }
    return use;
}

Result<std::vector<OrganizationId>> list_audit_beyond(Session& session, std::int64_t bytes) {
    return session.all(kAuditBeyond, read_as<OrganizationId>, bytes);
}

} // namespace landfall::catalog

#pragma once
/// What an organization's rows take of the catalog. Triggers of the database keep it in the transaction that writes
/// (migration catalog_use), so that it holds whoever writes.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <vector>

namespace landfall::catalog {

enum class CatalogKind { Live, Deleted, Answers, Audit, Records };

constexpr auto enum_names(schema::Of<CatalogKind>) {
    return std::array{std::pair{CatalogKind::Live, std::string_view("live")},
                      std::pair{CatalogKind::Deleted, std::string_view("deleted")},
                      std::pair{CatalogKind::Answers, std::string_view("answers")},
                      std::pair{CatalogKind::Audit, std::string_view("audit")},
                      std::pair{CatalogKind::Records, std::string_view("records")}};
}

/// Of one kind; several rows so that writers do not queue.
struct CatalogUseRow {
    OrganizationId organization_id;
    CatalogKind kind = CatalogKind::Live;
    std::int64_t slot = 0;
    std::int64_t bytes = 0;
};

constexpr auto columns(Of<CatalogUseRow>) {
    using R = CatalogUseRow;
    using enum Use;
    return table("catalog_use", column("organization_id", &R::organization_id, Key), column("kind", &R::kind, Key),
                 column("slot", &R::slot, Key), column("bytes", &R::bytes));
}

/// Bytes.
struct CatalogUse {
    std::int64_t live = 0;    ///< of what there is: items, assets, collections, uploads, jobs, …
    std::int64_t deleted = 0; ///< of what was deleted and is not yet purged
    std::int64_t total = 0;   ///< with them all that is recorded: answers of idempotency keys, audit, lineage, usage
};

Result<CatalogUse> read_catalog_use(Session& session, const OrganizationId& organization);
/// Whose audit records take more than so many bytes.
Result<std::vector<OrganizationId>> list_audit_beyond(Session& session, std::int64_t bytes);

} // namespace landfall::catalog

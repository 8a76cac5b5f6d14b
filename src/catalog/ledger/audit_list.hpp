#pragma once
/// Reading the audit log.

#include "catalog/ledger/audit.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// Which records a list shows.
struct AuditQuery {
    std::optional<OrganizationId> organization_id; ///< nothing: of all, and of none
    Timestamp since{};
    std::string operation; ///< empty: any
    std::string principal; ///< the same
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
/// The newest first.
Result<std::vector<AuditRow>> list_audit(Session& session, const AuditQuery& query);
/// How many there are without limit and offset.
Result<std::int64_t> count_audit(Session& session, const AuditQuery& query);
/// The oldest first, those behind the last one of the page before; its offset is left out.
Result<std::vector<AuditRow>> read_audit_on(Session& session, const AuditQuery& query, Timestamp after,
                                            const AuditId& after_id);

} // namespace landfall::catalog

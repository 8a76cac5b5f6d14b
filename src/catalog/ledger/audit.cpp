#include "catalog/ledger/audit.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, at, request_id, principal_id, principal_type, organization_id, operation_id, "
                             "side_effect, outcome, targets, ip, user_agent, duration_us";
constexpr std::string_view kInsert = upsert_sql<"audit_log", kColumns, " ON CONFLICT (id) DO NOTHING">;

template<typename T>
auto tie(T& r) {
    return std::tie(r.id, r.at, r.request_id, r.principal_id, r.principal_type, r.organization_id, r.operation_id,
                    r.side_effect, r.outcome, r.targets, r.ip, r.user_agent, r.duration_us);
}

} // namespace

Status append_audit(Session& session, const std::vector<AuditRow>& rows) {
    for (const AuditRow& row : rows)
        CHECK_OK(session.execute(kInsert, bind_fields(tie(row))));
    return {};
}

} // namespace landfall::catalog

#include "catalog/ledger/audit.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kInsert = sql<insert_into<AuditRow>, " ON CONFLICT (id) DO NOTHING">;

} // namespace

Status append_audit(Session& session, const std::vector<AuditRow>& rows) {
    for (const AuditRow& row : rows)
        CHECK_OK(session.execute(kInsert, insert_values(row)));
    return {};
}

} // namespace landfall::catalog

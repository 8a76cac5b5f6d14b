#include "domain/ledger/audit_record.hpp"

#include "core/status.hpp"

namespace landfall::domain {

AuditRecord audit_record(const catalog::AuditRow& row) {
    constexpr double kMicrosAMilli = 1000;
    AuditRecord record;
    record.id = row.id;
    record.at = row.at;
    record.organization_id = row.organization_id;
    record.operation = row.operation_id;
    record.side_effect = row.side_effect;
    record.principal_id = row.principal_id;
    record.principal_type = row.principal_type;
    record.outcome = row.outcome;
    record.status = http_status_of_outcome(row.outcome);
    record.count = row.calls;
    record.targets = {row.targets};
    record.ip = row.ip;
    record.user_agent = row.user_agent;
    record.request_id = row.request_id;
    record.client_request_id = row.client_request_id;
    record.duration_ms = static_cast<double>(row.duration_us) / kMicrosAMilli;
    return record;
}

} // namespace landfall::domain

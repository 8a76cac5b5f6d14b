#include "admission/audit.hpp"

namespace landfall::admission {

catalog::AuditRow audit_row(const domain::Call& call, const Act& act, Timestamp end) {
    catalog::AuditRow row;
    row.id = AuditId::make();
    row.at = call.now;
    row.request_id = call.request_id;
    if (!call.client_request_id.empty())
        row.client_request_id = call.client_request_id;
    row.principal_id = call.principal.id;
    row.principal_type = schema::enum_text(call.principal.type);
    if (!call.principal.organization_id.empty())
        row.organization_id = call.principal.organization_id;
    row.operation_id = act.id;
    row.side_effect = side_effect_name(act.side_effect);
    row.ip = call.remote_address;
    row.user_agent = call.user_agent;
    row.duration_us = (end - call.now).count();
    return row;
}

} // namespace landfall::admission

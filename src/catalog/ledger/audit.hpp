#pragma once
/// The audit log: append-only (geopera.md section 4).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace landfall::catalog {

struct AuditRow {
    AuditId id;
    Timestamp at{};
    std::string request_id;
    std::string principal_id;
    std::string principal_type; ///< user, api_key, service, anonymous, signed_url, operator (of the command line)
    std::optional<OrganizationId> organization_id;
    std::string operation_id;
    std::string side_effect;    ///< read, compute, external_spend, share_export, destructive
    std::string outcome = "ok"; ///< or the `code_name` of the failure
    std::string targets = "[]"; ///< JSON array of ids
    std::string ip;
    std::string user_agent;
    std::int64_t duration_us = 0; ///< of the longest of the calls
    std::int64_t calls = 1;       ///< that the record stands for
    std::optional<std::string> client_request_id;
};

constexpr auto columns(Of<AuditRow>) {
    using R = AuditRow;
    using enum Use;
    return table("audit_log", column("id", &R::id, Key), column("at", &R::at), column("request_id", &R::request_id),
                 column("principal_id", &R::principal_id), column("principal_type", &R::principal_type),
                 column("organization_id", &R::organization_id), column("operation_id", &R::operation_id),
                 column("side_effect", &R::side_effect), column("outcome", &R::outcome), column("targets", &R::targets),
                 column("ip", &R::ip), column("user_agent", &R::user_agent), column("duration_us", &R::duration_us),
                 column("calls", &R::calls), column("client_request_id", &R::client_request_id));
}

/// Appends a record, unless it is there already.
Status append_audit(Session& session, const AuditRow& row);
/// Appends a record, or brings the calls and the duration of the one that is there up to date.
Status put_audit(Session& session, const AuditRow& row);
/// Removes at most `limit` records from before an instant, the oldest first; gives how many.
Result<std::int64_t> purge_audit(Session& session, Timestamp before, std::int64_t limit);
/// Removes the `limit` oldest records of an organization; gives how many there were.
Result<std::int64_t> purge_audit_of(Session& session, const OrganizationId& organization, std::int64_t limit);

} // namespace landfall::catalog

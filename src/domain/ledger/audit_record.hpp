#pragma once
/// An audit record as it is told. Contract: extensions.md "Audit row".

#include "catalog/ledger/audit.hpp"
#include "schema/fields.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

struct AuditRecord {
    AuditId id;
    Timestamp at{};
    std::optional<OrganizationId> organization_id;
    std::string operation, side_effect;
    std::string principal_id, principal_type;
    std::string outcome;
    std::int64_t status = 200;
    std::int64_t count = 1;
    schema::RawOf<std::vector<std::string>> targets;
    std::string ip, user_agent;
    std::string request_id;
    std::optional<std::string> client_request_id;
    double duration_ms = 0;
};

constexpr auto describe(schema::Of<AuditRecord>) {
    using schema::field;
    using R = AuditRecord;
    return schema::fields(
        field("id", &R::id, {.required = true}), field("at", &R::at, {.required = true}),
        field("organization_id", &R::organization_id), field("operation", &R::operation, {.required = true}),
        field("side_effect", &R::side_effect, {.required = true}),
        field("principal_id", &R::principal_id, {.required = true}),
        field("principal_type", &R::principal_type, {.required = true}),
        field("outcome", &R::outcome, {.text = "ok, or the kind of failure", .required = true}),
        field("status", &R::status, {.text = "As HTTP counts", .required = true}),
        field("count", &R::count, {.text = "Calls of one minute that the row stands for", .required = true}),
        field("targets", &R::targets, {.text = "Ids of what it was about", .required = true}),
        field("ip", &R::ip, {.required = true}), field("user_agent", &R::user_agent, {.required = true}),
        field("request_id", &R::request_id, {.text = "Ours", .required = true}),
        field("client_request_id", &R::client_request_id),
        field("duration_ms", &R::duration_ms, {.text = "Of the longest of the calls", .required = true}));
}

AuditRecord audit_record(const catalog::AuditRow& row);

} // namespace landfall::domain

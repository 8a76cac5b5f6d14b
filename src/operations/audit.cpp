#include "catalog/ledger/audit_list.hpp"
#include "domain/ledger/audit_record.hpp"
#include "domain/ledger/journal.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/transact.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct AuditListInput {
    OrganizationId organization_id;
    std::optional<Timestamp> since;
    std::optional<std::string> operation, principal;
    std::int64_t limit = 100, offset = 0;
};
constexpr auto describe(schema::Of<AuditListInput>) {
    using schema::field;
    using T = AuditListInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}), field("since", &T::since),
                          field("operation", &T::operation, {.text = "Its id, e.g. items.delete", .max_length = 255}),
                          field("principal", &T::principal, {.text = "Id of a user or API key", .max_length = 255}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct AuditListOutput {
    std::vector<domain::AuditRecord> entries;
    std::int64_t total = 0;
};
constexpr auto describe(schema::Of<AuditListOutput>) {
    using schema::field;
    return schema::fields(
        field("entries", &AuditListOutput::entries, {.text = "Newest first", .required = true}),
        field("total", &AuditListOutput::total, {.text = "Before limit and offset", .required = true}));
}

constexpr OperationSpec kList{
    .id = "audit.list",
    .scope = "audit:read",
    .side_effect = SideEffect::Read,
    .summary = "List what was done in the organization, by whom and with what outcome, newest first.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<AuditListOutput> list(domain::Call& call, const AuditListInput& in) {
    call.services.journal.flush();
    return domain::in_snapshot(call, [&](domain::Context& cx) -> Result<AuditListOutput> {
        TRY(const auto organization,
            domain::require_organization(cx, in.organization_id, auth::OrganizationRole::Admin));
        const catalog::AuditQuery query{organization.id,
                                        in.since.value_or(Timestamp{}),
                                        in.operation.value_or(""),
                                        in.principal.value_or(""),
                                        in.limit,
                                        in.offset};
        TRY(const auto rows, catalog::list_audit(cx.session, query));
        AuditListOutput page;
        page.entries.reserve(rows.size());
        for (const auto& row : rows)
            page.entries.push_back(domain::audit_record(row));
        TRY(page.total, catalog::count_audit(cx.session, query));
        return page;
    });
}

} // namespace

void add_audit(Registry& registry) {
    registry.free_read(kList, list, Pace::Search);
}

} // namespace landfall::operations

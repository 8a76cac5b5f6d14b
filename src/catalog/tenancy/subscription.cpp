#include "catalog/tenancy/subscription.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<SubscriptionRow>, " WHERE organization_id = ?1">;
constexpr std::string_view kLockPostgres = "SELECT 1 FROM organization WHERE id = ?1 FOR UPDATE";
constexpr std::string_view kPut = sql<insert_into<SubscriptionRow>, R"(
 ON CONFLICT (organization_id) DO UPDATE SET plan = excluded.plan, credits_limit = excluded.credits_limit,
    retention_change = excluded.retention_change, retention_changed_at = excluded.retention_changed_at)">;
constexpr std::string_view kListChanges =
    "SELECT organization_id FROM subscription WHERE retention_change IS NOT NULL ORDER BY organization_id";
constexpr std::string_view kEndChange = R"(
UPDATE subscription SET retention_change = NULL WHERE organization_id = ?1 AND retention_changed_at = ?2)";
constexpr std::string_view kTerms = R"(
SELECT coalesce(s.plan, 'paid'), o.retention_days FROM organization o
LEFT JOIN subscription s ON s.organization_id = o.id WHERE o.id = ?1)";

} // namespace

Result<SubscriptionRow> find_subscription(Session& session, const OrganizationId& organization) {
    TRY(const auto row, session.first(kFind, read_as<SubscriptionRow>, organization));
    return row.value_or(SubscriptionRow{.organization_id = organization});
}

Result<SubscriptionRow> lock_subscription(Session& session, const OrganizationId& organization) {
    if (session.engine() == Engine::Postgres)
        CHECK_OK(session.each(kLockPostgres, [](const Row&) {}, organization));
    return find_subscription(session, organization);
}

Status put_subscription(Session& session, const SubscriptionRow& row) {
    return done(session.execute(kPut, insert_values(row)));
}

Result<std::vector<OrganizationId>> list_retention_changes(Session& session) {
    return session.all(kListChanges, read_as<OrganizationId>);
}

Status end_retention_change(Session& session, const OrganizationId& organization, Timestamp changed_at) {
    return done(session.run(kEndChange, organization, changed_at));
}

Result<RetentionTerms> find_retention_terms(Session& session, const OrganizationId& organization) {
    TRY(const auto terms, session.first(
                              kTerms,
                              [](const Row& row) -> Result<RetentionTerms> {
                                  const auto plan = schema::enum_value<Plan>(row.text(0));
                                  if (!plan)
                                      return unknown_name("subscription", "plan", row.text(0));
                                  return RetentionTerms{*plan, row.opt_integer(1)};
                              },
                              organization));
    return terms.value_or(RetentionTerms{});
}

} // namespace landfall::catalog

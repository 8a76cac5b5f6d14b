#include "catalog/ledger/audit_list.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kOfOne = "organization_id = ?1"; // apart, so that each goes along its own index
constexpr SqlText kOfAny = "?1 = ''";
constexpr SqlText kAsked = " AND at >= ?2 AND (?3 = '' OR operation_id = ?3) AND (?4 = '' OR principal_id = ?4)";
template<SqlText whose>
constexpr std::string_view kList =
    sql<select_from<AuditRow>, " WHERE ", whose, kAsked, " ORDER BY at DESC, id DESC LIMIT ?5 OFFSET ?6">;
template<SqlText whose>
constexpr std::string_view kReadOn =
    sql<select_from<AuditRow>, " WHERE ", whose, kAsked, " AND (at, id) > (?5, ?6) ORDER BY at, id LIMIT ?7">;
template<SqlText whose>
constexpr std::string_view kCount = sql<"SELECT count(*) FROM audit_log WHERE ", whose, kAsked>;

std::string organization_of(const AuditQuery& query) {
    return query.organization_id ? query.organization_id->str() : std::string();
}

} // namespace

Result<std::vector<AuditRow>> list_audit(Session& session, const AuditQuery& query) {
    return session.all(query.organization_id ? kList<kOfOne> : kList<kOfAny>, read_as<AuditRow>, organization_of(query),
                       query.since, query.operation, query.principal, query.limit, query.offset);
}

Result<std::int64_t> count_audit(Session& session, const AuditQuery& query) {
    TRY(const auto count, session.first(query.organization_id ? kCount<kOfOne> : kCount<kOfAny>, read_as<std::int64_t>,
                                        organization_of(query), query.since, query.operation, query.principal));
    return count.value_or(0);
}

Result<std::vector<AuditRow>> read_audit_on(Session& session, const AuditQuery& query, Timestamp after,
                                            const AuditId& after_id) {
    return session.all(query.organization_id ? kReadOn<kOfOne> : kReadOn<kOfAny>, read_as<AuditRow>,
                       organization_of(query), query.since, query.operation, query.principal, after, after_id,
                       query.limit);
}

} // namespace landfall::catalog

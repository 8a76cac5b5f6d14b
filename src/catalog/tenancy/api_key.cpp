#include "catalog/tenancy/api_key.hpp"

#include "catalog/vocabulary.hpp"
#include "database/row_fields.hpp"

namespace landfall::catalog {
namespace {

constexpr SqlText kColumns = "id, organization_id, name, prefix, secret_hash, permissions, rate_limit, expires_at, "
                             "revoked_at, last_used_at, created_by, created_at";
constexpr std::string_view kInsert = insert_sql<"api_key", kColumns>;
constexpr std::string_view kFindByHash = sql<"SELECT ", kColumns, " FROM api_key WHERE secret_hash = ?1">;
constexpr std::string_view kList =
    sql<"SELECT ", kColumns, " FROM api_key WHERE organization_id = ?1 ORDER BY created_at, id">;
constexpr std::string_view kRevoke =
    "UPDATE api_key SET revoked_at = ?3 WHERE id = ?1 AND organization_id = ?2 AND revoked_at IS NULL";
constexpr std::string_view kTouch = R"(
UPDATE api_key SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2))";

constexpr SqlText kSigningColumns = "access_key_id, secret, created_at";
constexpr std::string_view kInsertSigning = insert_sql<"signing_key", kSigningColumns>;
constexpr std::string_view kListSigning =
    sql<"SELECT ", kSigningColumns, " FROM signing_key ORDER BY created_at DESC, access_key_id">;

template<typename T>
auto tie_key(T& r) {
    return std::tie(r.id, r.organization_id, r.name, r.prefix, r.secret_hash, r.permissions, r.rate_limit, r.expires_at,
                    r.revoked_at, r.last_used_at, r.created_by, r.created_at);
}
template<typename T>
auto tie_signing(T& r) {
    return std::tie(r.access_key_id, r.secret, r.created_at);
}

} // namespace

static auto fields_of(ApiKeyRow& row) {
    return tie_key(row);
}
static auto fields_of(SigningKeyRow& row) {
    return tie_signing(row);
}

Status insert_api_key(Session& session, const ApiKeyRow& row) {
    return done(session.execute(kInsert, bind_fields(tie_key(row))));
}

Result<std::optional<ApiKeyRow>> find_api_key_by_hash(Session& session, std::string_view secret_hash) {
    return session.first(kFindByHash, read_row<ApiKeyRow>, secret_hash);
}

Result<std::vector<ApiKeyRow>> list_api_keys(Session& session, const OrganizationId& organization) {
    return session.all(kList, read_row<ApiKeyRow>, organization);
}

Result<bool> revoke_api_key(Session& session, const OrganizationId& organization, const ApiKeyId& id, Timestamp at) {
    return changed(session.run(kRevoke, id, organization, at));
}

Status touch_api_key(Session& session, const ApiKeyId& id, Timestamp at) {
    return done(session.run(kTouch, id, at));
}

Status insert_signing_key(Session& session, const SigningKeyRow& row) {
    return done(session.execute(kInsertSigning, bind_fields(tie_signing(row))));
}

Result<std::vector<SigningKeyRow>> list_signing_keys(Session& session) {
    return session.all(kListSigning, read_row<SigningKeyRow>);
}

} // namespace landfall::catalog

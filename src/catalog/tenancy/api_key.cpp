#include "catalog/tenancy/api_key.hpp"

#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<ApiKeyRow>, " WHERE id = ?1">;
constexpr std::string_view kFindOf = sql<select_from<ApiKeyRow>, " WHERE id = ?1 AND organization_id = ?2">;
constexpr std::string_view kFindByHash = sql<select_from<ApiKeyRow>, " WHERE secret_hash = ?1">;
constexpr std::string_view kList = sql<select_from<ApiKeyRow>, " WHERE organization_id = ?1 ORDER BY created_at, id">;
constexpr std::string_view kListLiveOf = sql<select_from<ApiKeyRow>, R"(
WHERE created_by = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2) ORDER BY created_at, id)">;
constexpr std::string_view kRevoke =
    "UPDATE api_key SET revoked_at = ?3 WHERE id = ?1 AND organization_id = ?2 AND revoked_at IS NULL";
constexpr std::string_view kRevokeDescendants = R"(
WITH RECURSIVE family (id) AS (
    SELECT id FROM api_key WHERE parent_id = ?1
    UNION SELECT k.id FROM api_key k JOIN family f ON k.parent_id = f.id)
UPDATE api_key SET revoked_at = ?2 WHERE id IN (SELECT id FROM family) AND revoked_at IS NULL)";
constexpr SqlText kLive = " WHERE id = ?1 AND organization_id = ?2 AND revoked_at IS NULL";
constexpr std::string_view kFindLive = sql<select_from<ApiKeyRow>, kLive>;
constexpr std::string_view kLock = sql<select_from<ApiKeyRow>, kLive, " FOR UPDATE">;
constexpr std::string_view kTouch = R"(
UPDATE api_key SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2))";

constexpr std::string_view kListSigning = sql<select_from<SigningKeyRow>, " ORDER BY created_at DESC, access_key_id">;

} // namespace

Status insert_api_key(Session& session, const ApiKeyRow& row) {
    return done(session.execute(insert_into<ApiKeyRow>, insert_values(row)));
}

Result<std::optional<ApiKeyRow>> find_api_key(Session& session, const ApiKeyId& id) {
    return session.first(kFind, read_as<ApiKeyRow>, id);
}

Result<std::optional<ApiKeyRow>> find_api_key(Session& session, const OrganizationId& organization,
                                              const ApiKeyId& id) {
    return session.first(kFindOf, read_as<ApiKeyRow>, id, organization);
}

Result<std::optional<ApiKeyRow>> find_api_key_by_hash(Session& session, std::string_view secret_hash) {
    return session.first(kFindByHash, read_as<ApiKeyRow>, secret_hash);
}

Result<std::optional<ApiKeyRow>> lock_api_key(Session& session, const OrganizationId& organization,
                                              const ApiKeyId& id) {
    return session.first(session.pick(kFindLive, kLock), read_as<ApiKeyRow>, id, organization);
}

Result<std::vector<ApiKeyRow>> list_api_keys(Session& session, const OrganizationId& organization) {
    return session.all(kList, read_as<ApiKeyRow>, organization);
}

Result<std::vector<ApiKeyRow>> list_live_keys_of(Session& session, const UserId& maker, Timestamp now) {
    return session.all(kListLiveOf, read_as<ApiKeyRow>, maker, now);
}

Result<bool> revoke_api_key(Session& session, const OrganizationId& organization, const ApiKeyId& id, Timestamp at) {
    TRY(const bool revoked, changed(session.run(kRevoke, id, organization, at)));
    if (revoked)
        CHECK_OK(done(session.run(kRevokeDescendants, id, at)));
    return revoked;
}

Status touch_api_key(Session& session, const ApiKeyId& id, Timestamp at) {
    return done(session.run(kTouch, id, at));
}

Status insert_signing_key(Session& session, const SigningKeyRow& row) {
    return done(session.execute(insert_into<SigningKeyRow>, insert_values(row)));
}

Result<std::vector<SigningKeyRow>> list_signing_keys(Session& session) {
    return session.all(kListSigning, read_as<SigningKeyRow>);
}

} // namespace landfall::catalog

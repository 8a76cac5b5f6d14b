#include "catalog/sign_in/session.hpp"

#include "database/table_rows.hpp"

namespace landfall::catalog {
namespace {

constexpr std::string_view kFind = sql<select_from<SessionRow>, " WHERE id = ?1">;
constexpr std::string_view kEnd = "UPDATE sign_in_session SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL";
constexpr std::string_view kEndOfUser =
    "UPDATE sign_in_session SET ended_at = ?2 WHERE user_id = ?1 AND ended_at IS NULL AND expires_at > ?2";
constexpr std::string_view kEndOfKey =
    "UPDATE sign_in_session SET ended_at = ?2 WHERE api_key_id = ?1 AND ended_at IS NULL AND expires_at > ?2";

constexpr std::string_view kFindSecret = sql<select_from<SessionSecretRow>, " WHERE digest = ?1">;
constexpr std::string_view kUseSecret = "UPDATE session_secret SET used_at = ?2 WHERE digest = ?1 AND used_at IS NULL";

constexpr SqlText kDue = "(SELECT id FROM sign_in_session WHERE expires_at < ?1 ORDER BY expires_at, id LIMIT ?2)";
constexpr std::string_view kPurgeSecrets = sql<"DELETE FROM session_secret WHERE session_id IN ", kDue>;
constexpr std::string_view kPurge = sql<"DELETE FROM sign_in_session WHERE id IN ", kDue>;

} // namespace

Status insert_session(Session& session, const SessionRow& row) {
    return done(session.execute(insert_into<SessionRow>, insert_values(row)));
}

Result<std::optional<SessionRow>> find_session(Session& session, const SessionId& id) {
    return session.first(kFind, read_as<SessionRow>, id);
}

Result<bool> update_session(Session& session, const SessionRow& row) {
    return changed(session.execute(sql<update_of<SessionRow>>, update_values(row)));
}

Result<bool> end_session(Session& session, const SessionId& id, Timestamp at) {
    return changed(session.run(kEnd, id, at));
}

Result<std::int64_t> end_sessions_of(Session& session, const UserId& user, Timestamp at) {
    return session.run(kEndOfUser, user, at);
}

Result<std::int64_t> end_sessions_of(Session& session, const ApiKeyId& key, Timestamp at) {
    return session.run(kEndOfKey, key, at);
}

Status insert_session_secret(Session& session, const SessionSecretRow& row) {
    return done(session.execute(insert_into<SessionSecretRow>, insert_values(row)));
}

Result<std::optional<SessionSecretRow>> find_session_secret(Session& session, std::string_view digest) {
    return session.first(kFindSecret, read_as<SessionSecretRow>, digest);
}

Result<bool> use_session_secret(Session& session, std::string_view digest, Timestamp at) {
    return changed(session.run(kUseSecret, digest, at));
}

Result<std::int64_t> purge_sessions(Session& session, Timestamp before, std::int64_t limit) {
    CHECK_OK(done(session.run(kPurgeSecrets, before, limit)));
    return session.run(kPurge, before, limit);
}

} // namespace landfall::catalog

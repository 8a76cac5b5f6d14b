#pragma once
/// Sessions of signed-in users, and of keys that were exchanged for tokens; with the secrets that continue them.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace landfall {

namespace tag {
struct Session {
    static constexpr std::string_view prefix = "ses_";
};
} // namespace tag
using SessionId = Id<tag::Session>;

} // namespace landfall

namespace landfall::catalog {

enum class SessionKind {
    Tokens, ///< a family of refresh tokens, each of which serves once
    Browser ///< a cookie
};

constexpr auto enum_names(Of<SessionKind>) {
    return std::array{std::pair{SessionKind::Tokens, std::string_view("tokens")},
                      std::pair{SessionKind::Browser, std::string_view("browser")}};
}

struct SessionRow {
    SessionId id;
    SessionKind kind = SessionKind::Tokens;
    std::optional<UserId> user_id;      ///< either this
    std::optional<ApiKeyId> api_key_id; ///< or this
    std::optional<OrganizationId> organization_id;
    std::string scopes; ///< separated by spaces; empty: all that its owner has
    std::string client; ///< the program that signed in, as it calls itself
    Timestamp created_at{};
    Timestamp expires_at{};
    std::optional<Timestamp> ended_at;
};

constexpr auto columns(Of<SessionRow>) {
    using R = SessionRow;
    using enum Use;
    return table("sign_in_session", column("id", &R::id, Key), column("kind", &R::kind), column("user_id", &R::user_id),
                 column("api_key_id", &R::api_key_id), column("organization_id", &R::organization_id, Mutable),
                 column("scopes", &R::scopes), column("client", &R::client), column("created_at", &R::created_at),
                 column("expires_at", &R::expires_at, Mutable), column("ended_at", &R::ended_at));
}

/// Conflict if the id is taken.
Status insert_session(Session& session, const SessionRow& row);
/// Also an ended or expired one.
Result<std::optional<SessionRow>> find_session(Session& session, const SessionId& id);
/// Writes the mutable columns. False if it is unknown.
Result<bool> update_session(Session& session, const SessionRow& row);
/// False if it is unknown or has ended.
Result<bool> end_session(Session& session, const SessionId& id, Timestamp at);
/// Ends all that live, of either kind. How many.
Result<std::int64_t> end_sessions_of(Session& session, const UserId& user, Timestamp at);
Result<std::int64_t> end_sessions_of(Session& session, const ApiKeyId& key, Timestamp at);

/// A refresh token or a cookie.
struct SessionSecretRow {
    std::string digest; ///< hexadecimal SHA-256
    SessionId session_id;
    Timestamp created_at{};
    Timestamp expires_at{};
    std::optional<Timestamp> used_at; ///< of a refresh token: when its successor was made
};

constexpr auto columns(Of<SessionSecretRow>) {
    using R = SessionSecretRow;
    using enum Use;
    return table("session_secret", column("digest", &R::digest, Key), column("session_id", &R::session_id),
                 column("created_at", &R::created_at), column("expires_at", &R::expires_at),
                 column("used_at", &R::used_at));
}

/// Conflict if the secret is taken.
Status insert_session_secret(Session& session, const SessionSecretRow& row);
/// Also a used or expired one.
Result<std::optional<SessionSecretRow>> find_session_secret(Session& session, std::string_view digest);
/// False if it was used before: of two callers at most one gets true.
Result<bool> use_session_secret(Session& session, std::string_view digest, Timestamp at);

/// Removes up to `limit` sessions that expired before, with their secrets. How many.
Result<std::int64_t> purge_sessions(Session& session, Timestamp before, std::int64_t limit);

} // namespace landfall::catalog

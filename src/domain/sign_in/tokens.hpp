#pragma once
/// Access tokens, which last five minutes, and refresh tokens, which last thirty and serve once: a used one that comes
/// again ends its family, because somebody has a copy. Contract: geopera.md section 2.2. Spec: RFC 6749, RFC 9700.

#include "auth/access_token.hpp"
#include "domain/sign_in/sessions.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

inline constexpr std::chrono::seconds kAccessTokenLife{300};
inline constexpr std::chrono::seconds kRefreshTokenLife{1800};
/// So long after it was replaced a key is published, and what it signed is taken.
inline constexpr std::chrono::hours kRetiredKeyLife{1};

struct IssuedTokens {
    std::string access_token, refresh_token;
    std::string scope;               ///< separated by spaces
    std::chrono::seconds expires_in; ///< of the access token
    auth::Principal principal;       ///< who calls with it
};

/// What tokens are issued by and for: the origin by which this call found the server, with the realm.
std::string issuer_of(const Call& call);

/// Begins a family. Fails as `new_session` does.
Result<IssuedTokens> issue_tokens(Context& cx, const SignIn& who);

struct Refresh {
    std::string_view refresh_token;
    std::string client{};                            ///< which must be the family's, if both are known
    std::optional<OrganizationId> organization_id{}; ///< in which the user works from now on; absent: as before
};
/// The next pair of a family; nothing if the token is none that serves. The transaction must be committed then too: it
/// may have ended the family. InvalidArgument for an organization that the user does not belong to.
Result<std::optional<IssuedTokens>> refresh_tokens(Context& cx, const Refresh& asked);

/// The session of a refresh or access token that was issued here, whether or not it still holds; nothing for other
/// text.
Result<std::optional<catalog::SessionRow>> session_of_token(const Call& call, database::Session& session,
                                                            std::string_view token);

/// Under what a token, and a cookie, is remembered: never under what another kind of credential is.
std::string token_digest(std::string_view token);
std::string cookie_digest(std::string_view cookie);

/// The principal of an access token, or of a browser's cookie, with its digest. Unauthenticated if it was not issued
/// here, has expired, or its session has ended.
Result<auth::Principal> authenticate_token(const Services& services, std::string_view token, const std::string& digest,
                                           Timestamp now);
Result<auth::Principal> authenticate_cookie(const Services& services, std::string_view cookie,
                                            const std::string& digest, Timestamp now);

/// What a token says that this server would take; nothing for others.
Result<std::optional<auth::Claims>> read_token(const Services& services, database::Session& session,
                                               std::string_view token, Timestamp now);

/// The public keys that tokens are verified with, the one in use first. Makes the first one.
Result<std::vector<auth::TokenKey>> published_keys(const Services& services, Timestamp now);
/// Makes a new key the one in use: its id. The one before stays published for `kRetiredKeyLife`.
Result<std::string> rotate_token_key(database::Session& session, Timestamp now);

} // namespace landfall::domain

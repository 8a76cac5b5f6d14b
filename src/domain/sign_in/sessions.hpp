#pragma once
/// Sessions: what continues after somebody has signed in. A family of refresh tokens, or a browser's cookie; what was
/// issued for a session ends with it. Contract: geopera.md sections 2.2 and 3.1.

#include "auth/principal.hpp"
#include "catalog/sign_in/session.hpp"
#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"
#include "domain/tenancy/end_sessions.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

inline constexpr std::chrono::hours kBrowserSessionLife{12};

/// Who signs in, and as what. A user, or a key that is exchanged for tokens.
struct SignIn {
    std::optional<UserId> user_id{};
    std::optional<ApiKeyId> api_key_id{};
    std::optional<OrganizationId> organization_id{}; ///< in which a user means to work; absent: the first of the user's
    std::string scopes{}; ///< asked for, separated by spaces; without one of the API: all that there are
    std::string client{}; ///< the program, as it calls itself
};

/// Somebody whose session holds.
struct Standing {
    auth::Principal principal;
    std::optional<Timestamp> until{}; ///< the end of the key that stands behind it
};

/// A user may use tokens, cookies and passwords at all.
bool may_sign_in(const catalog::UserRow& user);

/// Who the session's caller is now. Signed-in users hold every scope but `admin:*`, which system admins hold as well,
/// and in each organization what their memberships say. Unauthenticated if the session has ended, or who stands behind
/// it may not sign in any more.
Result<Standing> standing_of(database::Session& session, const catalog::SessionRow& row, Timestamp now);
/// The same of a user who works in an organization, if he belongs to it, and shows no session.
Result<Standing> standing_of(database::Session& session, const UserId& user,
                             const std::optional<OrganizationId>& organization);

/// A user without a session, working in an organization that he belongs to, else in the first of his.
Result<auth::Principal> principal_in(database::Session& session, const UserId& user,
                                     const OrganizationId& organization);

/// A session that lasts for `life`, not yet stored. InvalidArgument for a scope that there is not or an organization
/// that the user does not belong to, PermissionDenied for a scope that the caller lacks.
Result<catalog::SessionRow> new_session(Context& cx, const SignIn& who, catalog::SessionKind kind,
                                        std::chrono::seconds life);
/// The organization that a user works in: `wanted`, InvalidArgument if the user does not belong to it; without one the
/// user's first. Nothing for who has none.
Result<std::optional<OrganizationId>> workplace_of(database::Session& session, const UserId& user,
                                                   const std::optional<OrganizationId>& wanted);

/// InvalidArgument, for the field `scope`, if one of the words of a scope parameter is meant to be one of the API and
/// is none; `openid` and its like stand for nothing here.
Status check_scope_words(const std::string& words);

/// Ends one; nothing happens if it has ended.
Status end_session(catalog::Transaction& transaction, const catalog::SessionRow& row, Timestamp now);

/// Begins a session of a browser: the secret for its cookie.
Result<std::string> open_browser_session(Context& cx, const SignIn& who);
/// The live session of a cookie, if there is one.
Result<std::optional<catalog::SessionRow>> find_browser_session(database::Session& session, std::string_view cookie,
                                                                Timestamp now);

/// A secret of 256 random bits with a prefix that tells what it is.
std::string new_secret(std::string_view prefix);

} // namespace landfall::domain

#include "domain/sign_in/sessions.hpp"

#include "catalog/tenancy/api_key.hpp"
#include "core/text.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/api_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace landfall::domain {
namespace {

constexpr std::string_view kCookiePrefix = "lfs_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMostQuoted = 64; ///< bytes of what a refusal repeats

auto ended() {
    return fail(Code::Unauthenticated, "The session has ended. Sign in again");
}

/// The scopes of the API among the words of a `scope` parameter; `openid` and its like stand for nothing here.
std::vector<std::string> api_scopes(const std::string& words) {
    std::vector<std::string> scopes;
    std::istringstream stream(words);
    for (std::string word; stream >> word;)
        if (word == "*" || word.find(':') != std::string::npos)
            scopes.push_back(std::move(word));
    return scopes;
}

/// Leaves of what a principal may do what was asked for, if anything was.
void narrow(auth::Principal& principal, const std::string& asked) {
    auto scopes = api_scopes(asked);
    if (scopes.empty())
        return;
    std::erase_if(scopes, [&](const std::string& scope) { return !check_grantable(principal, {scope}); });
    principal.scopes = std::move(scopes);
}

Result<Standing> standing_of_key(database::Session& session, const ApiKeyId& id, Timestamp now) {
    TRY(const auto key, catalog::find_api_key(session, id));
    if (!key || !is_live(*key, now))
        return ended();
    TRY(auto principal, principal_of(*key));
    return Standing{std::move(principal), key->expires_at};
}

} // namespace

bool may_sign_in(const catalog::UserRow& user) {
    return !user.disabled_at && !user.deleted_at;
}

Status check_scope_words(const std::string& words) {
    for (const auto& scope : api_scopes(words))
        if (!auth::is_known_scope(scope))
            return fail_field("scope", fmt::format("'{}' is not a scope", clean_utf8(scope, kMostQuoted)));
    return {};
}

Result<Standing> standing_of(database::Session& session, const UserId& id,
                             const std::optional<OrganizationId>& organization) {
    TRY(const auto user, catalog::find_user(session, id));
    if (!user || !may_sign_in(*user))
        return ended();
    auth::Principal principal;
    principal.type = auth::PrincipalType::User;
    principal.id = id.str();
    principal.user_id = id;
    principal.scopes = auth::default_scopes();
    principal.is_system_admin = user->is_system_admin;
    if (user->is_system_admin)
        principal.scopes.emplace_back("admin:*");
    principal.grants.memberships_of = id;
    if (organization) {
        TRY(const auto places, catalog::list_organizations_of(session, id));
        if (std::ranges::find(places, *organization) != places.end())
            principal.organization_id = *organization;
    }
    return Standing{std::move(principal)};
}

Result<Standing> standing_of(database::Session& session, const catalog::SessionRow& row, Timestamp now) {
    if (row.ended_at || row.expires_at <= now)
        return ended();
    TRY(auto standing, row.user_id ? standing_of(session, *row.user_id, row.organization_id)
                                   : standing_of_key(session, row.api_key_id.value_or(ApiKeyId()), now));
    narrow(standing.principal, row.scopes);
    return standing;
}

Result<std::optional<OrganizationId>> workplace_of(database::Session& session, const UserId& user,
                                                   const std::optional<OrganizationId>& wanted) {
    TRY(const auto places, catalog::list_organizations_of(session, user));
    if (!wanted)
        return places.empty() ? std::nullopt : std::optional(places.front());
    if (std::ranges::find(places, *wanted) == places.end())
        return fail_field("organization_id", fmt::format("You do not belong to the organization '{}'",
                                                         clean_utf8(wanted->str(), kMostQuoted)));
    return wanted;
}

Result<auth::Principal> principal_in(database::Session& session, const UserId& user,
                                     const OrganizationId& organization) {
    TRY(const auto places, catalog::list_organizations_of(session, user));
    std::optional<OrganizationId> workplace;
    if (!places.empty())
        workplace = std::ranges::find(places, organization) != places.end() ? organization : places.front();
    TRY(auto standing, standing_of(session, user, workplace));
    return std::move(standing.principal);
}

Result<catalog::SessionRow> new_session(Context& cx, const SignIn& who, catalog::SessionKind kind,
                                        std::chrono::seconds life) {
    catalog::SessionRow row;
    row.id = SessionId::make();
    row.kind = kind;
    row.user_id = who.user_id;
    row.api_key_id = who.api_key_id;
    row.client = who.client;
    row.created_at = cx.now;
    row.expires_at = cx.now + life;
    if (who.user_id) {
        TRY(row.organization_id, workplace_of(cx.session, *who.user_id, who.organization_id));
    }
    TRY(const auto standing, standing_of(cx.session, row, cx.now));
    CHECK_OK(check_scope_words(who.scopes));
    const auto scopes = api_scopes(who.scopes);
    CHECK_OK(check_grantable(standing.principal, scopes));
    row.scopes = fmt::format("{}", fmt::join(scopes, " "));
    if (!standing.principal.organization_id.empty())
        row.organization_id = standing.principal.organization_id;
    return row;
}

Status end_session(catalog::Transaction& transaction, const catalog::SessionRow& row, Timestamp now) {
    CHECK_OK(catalog::end_session(transaction, row.id, now));
    if (row.organization_id)
        transaction.changes(*row.organization_id);
    if (!row.user_id)
        return {};
    // Tokens of it may still be remembered where it worked before.
    TRY(const auto places, catalog::list_organizations_of(transaction, *row.user_id));
    for (const auto& place : places)
        transaction.changes(place);
    return {};
}

std::string new_secret(std::string_view prefix) {
    return std::string(prefix) + to_base64url(random_bytes(kSecretBytes));
}

Result<std::string> open_browser_session(Context& cx, const SignIn& who) {
    TRY(const auto row, new_session(cx, who, catalog::SessionKind::Browser, kBrowserSessionLife));
    CHECK_OK(catalog::insert_session(cx.session, row));
    std::string cookie = new_secret(kCookiePrefix);
    CHECK_OK(catalog::insert_session_secret(cx.session, {key_digest(cookie), row.id, cx.now, row.expires_at, {}}));
    return cookie;
}

Result<std::optional<catalog::SessionRow>> find_browser_session(database::Session& session, std::string_view cookie,
                                                                Timestamp now) {
    std::optional<catalog::SessionRow> none;
    if (!cookie.starts_with(kCookiePrefix))
        return none;
    TRY(const auto secret, catalog::find_session_secret(session, key_digest(cookie)));
    if (!secret || secret->expires_at <= now)
        return none;
    TRY(auto row, catalog::find_session(session, secret->session_id));
    const bool holds = row && row->kind == catalog::SessionKind::Browser && !row->ended_at;
    return holds ? std::move(row) : none;
}

} // namespace landfall::domain

#include "domain/sign_in/tokens.hpp"

#include "catalog/sign_in/token_key.hpp"
#include "core/ids.hpp"
#include "database/turn.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/known_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kRealm = "/realms/public";
constexpr std::string_view kRefreshPrefix = "lfr_";

auto refused() {
    return fail(Code::Unauthenticated, "The access token is unknown or has expired. Sign in again, or refresh it");
}

Result<auth::TokenKey> add_key(database::Session& session, Timestamp now) {
    TRY(auto key, auth::TokenKey::generate());
    TRY(auto pem, key.to_pem());
    CHECK_OK(catalog::insert_token_key(session, {key.id(), std::move(pem), now, {}}));
    return key;
}

/// The key in use; the first token makes one.
Result<auth::TokenKey> current_key(database::Session& session, Timestamp now) {
    TRY(auto keys, catalog::list_token_keys(session, now));
    if (keys.empty() || keys.front().retired_at) {
        CHECK_OK(database::take_turn(session, "token key"));
        TRY(keys, catalog::list_token_keys(session, now));
    }
    if (keys.empty() || keys.front().retired_at)
        return add_key(session, now);
    return auth::TokenKey::from_pem(keys.front().private_key);
}

std::chrono::seconds life_of(const Standing& standing, Timestamp now) {
    if (!standing.until)
        return kAccessTokenLife;
    return std::min(kAccessTokenLife, std::chrono::floor<std::chrono::seconds>(*standing.until - now));
}

/// A pair for a session that is stored already; the refresh token lasts as long as the session.
Result<IssuedTokens> make_pair(Context& cx, const catalog::SessionRow& row, Standing standing) {
    TRY(const auto key, current_key(cx.session, cx.now));
    IssuedTokens issued;
    issued.scope = fmt::format("{}", fmt::join(standing.principal.scopes, " "));
    issued.expires_in = life_of(standing, cx.now);
    issued.refresh_token = new_secret(kRefreshPrefix);
    CHECK_OK(catalog::insert_session_secret(cx.session,
                                            {key_digest(issued.refresh_token), row.id, cx.now, row.expires_at, {}}));
    const std::int64_t now = to_micros(cx.now) / 1'000'000;
    auth::Claims claims;
    claims.issuer = claims.audience = issuer_of(cx);
    claims.subject = claims.principal_id = standing.principal.id;
    claims.principal_type = schema::enum_text(standing.principal.type);
    claims.issued_at = now;
    claims.expires_at = now + issued.expires_in.count();
    claims.id = unique_part();
    claims.session = row.id.str();
    claims.client_id = row.client;
    claims.scope = issued.scope;
    if (!standing.principal.organization_id.empty())
        claims.organization_id = standing.principal.organization_id.str();
    TRY(issued.access_token, auth::sign_token(key, claims));
    issued.principal = std::move(standing.principal);
    return issued;
}

/// Somebody has a copy of a refresh token: whoever it is, nobody goes on with the family.
Result<std::optional<IssuedTokens>> end_family(Context& cx, const catalog::SessionRow& row) {
    CHECK_OK(end_session(cx.transaction, row, cx.now));
    return std::optional<IssuedTokens>();
}

/// The standing behind a refresh token, with the organization that it is to be in; nothing if it does not hold.
Result<std::optional<Standing>> next_standing(Context& cx, catalog::SessionRow& row, const Refresh& asked) {
    if (row.user_id && (asked.organization_id || !row.organization_id)) {
        TRY(row.organization_id, workplace_of(cx.session, *row.user_id, asked.organization_id));
    }
    auto standing = standing_of(cx.session, row, cx.now);
    if (standing)
        return std::optional(*std::move(standing));
    if (standing.error().code == Code::Unauthenticated)
        return std::optional<Standing>();
    return fail(std::move(standing).error());
}

using Stood = std::pair<Standing, Timestamp>; ///< and until when that may be remembered

/// Finds out who shows a credential, unless that is remembered.
template<typename Find>
Result<auth::Principal> remembered(const Services& services, const std::string& digest, Timestamp now, Find find) {
    const auto known = services.known_keys.find(digest);
    if (known && *known->expires_at > now)
        return known->principal;
    const Stamp since = services.versions.now();
    TRY(auto stood, services.database.read_for(find));
    auto& [standing, until] = stood;
    const OrganizationId& organization = standing.principal.organization_id;
    // Changes are told of organizations: of somebody without one nobody would hear.
    if (!organization.empty())
        services.known_keys.put(
            digest, organization, since,
            std::make_shared<const KnownKey>(standing.principal, std::min(until, standing.until.value_or(until))));
    return std::move(standing.principal);
}

} // namespace

std::string token_digest(std::string_view token) {
    return "token:" + key_digest(token);
}

std::string cookie_digest(std::string_view cookie) {
    return "cookie:" + key_digest(cookie);
}

std::string issuer_of(const Call& call) {
    return call.origin() + std::string(kRealm);
}

Result<IssuedTokens> issue_tokens(Context& cx, const SignIn& who) {
    TRY(const auto row, new_session(cx, who, catalog::SessionKind::Tokens, kRefreshTokenLife));
    TRY(auto standing, standing_of(cx.session, row, cx.now));
    CHECK_OK(catalog::insert_session(cx.session, row));
    return make_pair(cx, row, std::move(standing));
}

Result<std::optional<IssuedTokens>> refresh_tokens(Context& cx, const Refresh& asked) {
    const std::optional<IssuedTokens> none;
    const std::string digest = key_digest(asked.refresh_token);
    TRY(const auto secret, catalog::find_session_secret(cx.session, digest));
    TRY(auto row,
        secret ? catalog::find_session(cx.session, secret->session_id) : Result<std::optional<catalog::SessionRow>>());
    if (!row || row->kind != catalog::SessionKind::Tokens)
        return none;
    if (secret->used_at)
        return end_family(cx, *row);
    const bool other_client = !asked.client.empty() && !row->client.empty() && asked.client != row->client;
    if (secret->expires_at <= cx.now || other_client)
        return none;
    TRY(auto standing, next_standing(cx, *row, asked));
    if (!standing)
        return none;
    TRY(const bool first, catalog::use_session_secret(cx.session, digest, cx.now));
    if (!first)
        return end_family(cx, *row);
    row->expires_at = cx.now + kRefreshTokenLife;
    CHECK_OK(catalog::update_session(cx.session, *row));
    TRY(auto issued, make_pair(cx, *row, *std::move(standing)));
    return std::optional(std::move(issued));
}

Result<std::optional<auth::Claims>> read_token(const Services& services, database::Session& session,
                                               std::string_view token, Timestamp now) {
    const std::optional<auth::Claims> none;
    const auto id = auth::key_id_of(token);
    if (!id)
        return none;
    TRY(const auto row, catalog::find_token_key(session, *id));
    if (!row || (row->retired_at && *row->retired_at <= now - kRetiredKeyLife))
        return none;
    TRY(const auto key, auth::TokenKey::from_pem(row->private_key));
    // Without a name of its own a server answers to many, and a token by one of them is good by another: its key and
    // its session are this catalog's alone.
    const auto& settings = services.settings;
    return auth::verify_token(token, key, now,
                              settings.public_url_is_set ? std::optional(settings.public_url + std::string(kRealm))
                                                         : std::nullopt);
}

Result<std::optional<catalog::SessionRow>> session_of_token(const Call& call, database::Session& session,
                                                            std::string_view token) {
    if (auth::is_token(token)) {
        TRY(const auto claims, read_token(call.services, session, token, call.now));
        return claims ? catalog::find_session(session, SessionId(claims->session))
                      : Result<std::optional<catalog::SessionRow>>();
    }
    TRY(const auto secret, catalog::find_session_secret(session, key_digest(token)));
    TRY(auto row,
        secret ? catalog::find_session(session, secret->session_id) : Result<std::optional<catalog::SessionRow>>());
    return row && row->kind == catalog::SessionKind::Tokens ? std::move(row) : std::nullopt;
}

Result<auth::Principal> authenticate_token(const Services& services, std::string_view token, const std::string& digest,
                                           Timestamp now) {
    return remembered(services, digest, now, [&](database::Session& session) -> Result<Stood> {
        TRY(const auto claims, read_token(services, session, token, now));
        if (!claims)
            return refused();
        TRY(auto row, catalog::find_session(session, SessionId(claims->session)));
        if (!row)
            return refused();
        // Its session may have moved to another organization since.
        row->organization_id.reset();
        if (claims->organization_id)
            row->organization_id = OrganizationId(*claims->organization_id);
        TRY(auto standing, standing_of(session, *row, now));
        return Stood{std::move(standing), from_micros(claims->expires_at * 1'000'000)};
    });
}

Result<auth::Principal> authenticate_cookie(const Services& services, std::string_view cookie,
                                            const std::string& digest, Timestamp now) {
    return remembered(services, digest, now, [&](database::Session& session) -> Result<Stood> {
        TRY(const auto row, find_browser_session(session, cookie, now));
        if (!row)
            return fail(Code::Unauthenticated, "The session has ended. Sign in again");
        TRY(auto standing, standing_of(session, *row, now));
        return Stood{std::move(standing), row->expires_at};
    });
}

Result<std::vector<auth::TokenKey>> published_keys(const Services& services, Timestamp now) {
    const auto list = [&](database::Session& session) {
        return catalog::list_token_keys(session, now - kRetiredKeyLife);
    };
    TRY(auto rows, services.database.read_for(list));
    if (rows.empty()) {
        CHECK_OK(services.transactor.run_for([&](database::Session& session) { return current_key(session, now); }));
        TRY(rows, services.database.read_for(list));
    }
    std::vector<auth::TokenKey> keys;
    for (const auto& row : rows) {
        TRY(auto key, auth::TokenKey::from_pem(row.private_key));
        keys.push_back(std::move(key));
    }
    return keys;
}

Result<std::string> rotate_token_key(database::Session& session, Timestamp now) {
    CHECK_OK(database::take_turn(session, "token key"));
    CHECK_OK(catalog::retire_token_keys(session, now, now - kRetiredKeyLife));
    TRY(const auto key, add_key(session, now));
    return key.id();
}

} // namespace landfall::domain

#include "faces/realm/sessions.hpp"

#include "catalog/tenancy/user.hpp"
#include "domain/sign_in/tokens.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/projects.hpp"
#include "domain/transact.hpp"
#include "faces/realm/oauth.hpp"
#include "serving/caller.hpp"

#include <fmt/format.h>

#include <functional>

namespace landfall::faces::realm {
namespace {

constexpr std::string_view kInvalidToken = "invalid_token";
constexpr std::string_view kApiKey = "gpra_";

constexpr admission::Act kUserinfo{"sign_in.userinfo", ""};
constexpr admission::Act kIntrospect{"sign_in.introspect", ""};

/// Runs a read of a known caller and answers its JSON, or the refusal in OAuth's shape.
http::Response answer(admission::Pipeline& pipeline, const admission::Act& act, const admission::Request& caller,
                      const std::function<Result<Json>(domain::Context&)>& read) {
    auto outcome = pipeline.run(act, caller, [&](admission::Execution& run) -> Result<admission::Answer> {
        Json json;
        CHECK_OK(run.read([&](domain::Context& cx) -> Status {
            TRY(json, read(cx));
            return {};
        }));
        return admission::Answer{json.dump(), "application/json"};
    });
    auto response = outcome.answer ? http::Response::text(200, "application/json", std::move(outcome.answer->bytes))
                                   : oauth_error(outcome.answer.error(), kInvalidToken);
    response.headers.set("Cache-Control", "no-store");
    response.principal = std::move(outcome.principal);
    return response;
}

std::string words_of(const std::vector<std::string>& scopes) {
    return fmt::format("{}", fmt::join(scopes, " "));
}

Json organization_of(const auth::Principal& principal) {
    return principal.organization_id.empty() ? Json() : Json(principal.organization_id.str());
}

/// Where the caller may work, for who has nothing to begin with: the oldest of the projects.
Result<Json> projects_of(domain::Context& cx) {
    TRY(const auto listed, domain::list_projects(cx, {}));
    Json projects = Json::array();
    for (const auto& [project, role] : listed.projects)
        projects.push(
            Json::object({{"id", project.id.str()}, {"name", project.name}, {"role", schema::enum_text(role)}}));
    return projects;
}

Result<Json> describe_caller(domain::Context& cx) {
    const auth::Principal& principal = cx.principal;
    Json claims = Json::object({{"sub", principal.id},
                                {"geopera_principal_id", principal.id},
                                {"geopera_principal_type", schema::enum_text(principal.type)},
                                {"geopera_org_id", organization_of(principal)},
                                {"scope", words_of(principal.scopes)}});
    TRY(auto projects, projects_of(cx));
    claims.set("geopera_projects", std::move(projects));
    if (principal.type != auth::PrincipalType::User)
        return claims;
    TRY(const auto user, catalog::find_user(cx.session, *principal.user_id));
    if (user) {
        claims.set("name", user->name);
        claims.set("email", user->email);
        claims.set("preferred_username", user->email);
    }
    return claims;
}

/// Whether the caller may learn what a token of this principal is.
bool may_know(const auth::Principal& caller, const auth::Principal& other) {
    return caller.id == other.id ||
           (!caller.organization_id.empty() && caller.organization_id == other.organization_id);
}

Json description(const auth::Principal& principal) {
    return Json::object({{"active", true},
                         {"scope", words_of(principal.scopes)},
                         {"sub", principal.id},
                         {"geopera_principal_id", principal.id},
                         {"geopera_principal_type", schema::enum_text(principal.type)},
                         {"geopera_org_id", organization_of(principal)}});
}

Json inactive() {
    return Json::object({{"active", false}});
}

void add_claims(Json& json, const auth::Claims& claims) {
    json.set("token_type", "Bearer");
    json.set("iss", claims.issuer);
    json.set("aud", claims.audience);
    json.set("iat", claims.issued_at);
    json.set("exp", claims.expires_at);
    json.set("jti", claims.id);
    json.set("scope", claims.scope);
}

Result<Json> describe_key(domain::Context& cx, std::string_view token) {
    const auto key = domain::authenticate(cx.services, domain::key_digest(token), cx.now);
    return key && may_know(cx.principal, *key) ? description(*key) : inactive();
}

Result<Json> describe_token(domain::Context& cx, std::string_view token) {
    if (token.starts_with(kApiKey))
        return describe_key(cx, token);
    TRY(const auto row, domain::session_of_token(cx, cx.session, token));
    auto standing = row ? domain::standing_of(cx.session, *row, cx.now) : fail(Code::Unauthenticated, "");
    if (!standing && standing.error().code != Code::Unauthenticated)
        return fail(std::move(standing).error());
    if (!standing || !may_know(cx.principal, standing->principal))
        return inactive();
    Json json = description(standing->principal);
    json.set("client_id", row->client);
    TRY(const auto claims, domain::read_token(cx.services, cx.session, token, cx.now));
    if (claims) {
        add_claims(json, *claims);
        return json;
    }
    TRY(const auto secret, catalog::find_session_secret(cx.session, domain::key_digest(token)));
    if (!secret || secret->used_at || secret->expires_at <= cx.now)
        return inactive();
    json.set("token_type", "refresh_token");
    json.set("iat", to_micros(secret->created_at) / 1'000'000);
    json.set("exp", to_micros(secret->expires_at) / 1'000'000);
    return json;
}

/// Ends what the token belongs to, if there is such a thing.
Status end_session_of(const domain::Services& services, const http::Request& request, std::string_view token) {
    return domain::transact(call_of(services, request), [&](domain::Context& cx) -> Status {
        TRY(const auto row, domain::session_of_token(cx, cx.session, token));
        return row ? domain::end_session(cx.transaction, *row, cx.now) : Status();
    });
}

http::Response ended(const Status& status, int code) {
    if (!status)
        return oauth_error(status.error(), kInvalidToken);
    http::Response response;
    response.status = code;
    response.headers.set("Cache-Control", "no-store");
    return response;
}

} // namespace

http::Response userinfo(admission::Pipeline& pipeline, const std::string& public_url, const http::Request& request) {
    return answer(pipeline, kUserinfo, serving::caller_of_script(request, public_url), describe_caller);
}

http::Response introspect(admission::Pipeline& pipeline, const http::Request& request) {
    const auto form = http::Form::of(request);
    const auto client = form ? client_of(request, *form) : Result<Client>(fail(form.error()));
    const auto token = form ? required(*form, "token") : Result<std::string>(fail(form.error()));
    if (!client || !token)
        return oauth_error(client ? token.error() : client.error(), kInvalidToken);
    auto caller = serving::caller_of(request, serving::KeyInQuery::Refused);
    if (!client->secret.empty()) {
        caller.credentials.authorization.clear();
        caller.credentials.api_key = client->secret;
    }
    return answer(pipeline, kIntrospect, caller, [&](domain::Context& cx) { return describe_token(cx, *token); });
}

http::Response revoke(const domain::Services& services, const http::Request& request) {
    const auto form = http::Form::of(request);
    const auto token = form ? required(*form, "token") : Result<std::string>(fail(form.error()));
    if (!token)
        return oauth_error(token.error(), kInvalidToken);
    if (token->starts_with(kApiKey))
        return oauth_error(400, "unsupported_token_type", "An API key is revoked by the operation api_keys.revoke");
    return ended(end_session_of(services, request, *token), 200);
}

http::Response log_out(const domain::Services& services, const http::Request& request) {
    const auto form = http::Form::of(request);
    const auto token = form ? required(*form, "refresh_token") : Result<std::string>(fail(form.error()));
    if (!token)
        return oauth_error(token.error(), kInvalidToken);
    return ended(end_session_of(services, request, *token), 204);
}

} // namespace landfall::faces::realm

#include "faces/realm/tokens.hpp"

#include "domain/ledger/journal.hpp"
#include "domain/sign_in/devices.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/sign_in/tokens.hpp"
#include "domain/transact.hpp"
#include "faces/realm/oauth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace landfall::faces::realm {
namespace {

constexpr std::string_view kInvalidGrant = "invalid_grant";
constexpr std::string_view kInvalidClient = "invalid_client";

/// What one grant was asked for.
struct Asked {
    const domain::Call& call;
    const http::Form& form;
    const Client& client;

    domain::SignIn sign_in() const {
        domain::SignIn who;
        if (const auto organization = form.get("organization_id"); !organization.empty())
            who.organization_id = OrganizationId(organization);
        who.scopes = form.get("scope");
        who.client = client.id;
        return who;
    }
};

/// Tokens, or why there are none yet or at all: what programs act upon, and a sentence for people.
struct Answer {
    std::optional<domain::IssuedTokens> issued{};
    std::string_view error{};
    std::string_view description{};
};

struct Grant {
    std::string_view type;
    admission::Act act;
    std::string_view refused; ///< what a credential is called that does not hold
    Result<Answer> (*answer)(const Asked&, const admission::Act&);
};

/// Begins a family of tokens, and records it, in the transaction in which `confirm` may still say no.
Result<Answer> begin(const Asked& asked, const admission::Act& act, const domain::SignIn& who,
                     const std::function<Status(domain::Context&)>& confirm) {
    return domain::transact(asked.call, [&](domain::Context& cx) -> Result<Answer> {
        CHECK_OK(confirm(cx));
        TRY(auto issued, domain::issue_tokens(cx, who));
        CHECK_OK(catalog::append_audit(cx.session, record_of(cx, act, issued.principal)));
        return Answer{std::move(issued)};
    });
}

Result<Answer> by_password(const Asked& asked, const admission::Act& act) {
    TRY(const auto email, required(asked.form, "username"));
    TRY(const auto password, required(asked.form, "password"));
    TRY(const auto verified, domain::verify_password(asked.call, email, password));
    auto who = asked.sign_in();
    who.user_id = verified.user.id;
    return begin(asked, act, who, [&](domain::Context& cx) { return domain::confirm(cx, verified); });
}

Result<Answer> by_key(const Asked& asked, const admission::Act& act) {
    if (asked.client.secret.empty())
        return fail(Code::BadRequest, "The field 'client_secret' is missing; it is an API key");
    TRY(const auto key, domain::verify_key(asked.call, asked.client.secret));
    auto who = asked.sign_in();
    who.api_key_id = ApiKeyId(key.id);
    return begin(asked, act, who, [&](domain::Context& cx) {
        return domain::note_success(cx.session, domain::attempt_of(cx.remote_address), cx.now);
    });
}

Result<Answer> by_refresh_token(const Asked& asked, const admission::Act& act) {
    TRY(const auto token, required(asked.form, "refresh_token"));
    TRY(auto issued, domain::transact(asked.call, [&](domain::Context& cx) {
            return domain::refresh_tokens(cx, {token, asked.client.id, asked.sign_in().organization_id});
        }));
    if (!issued)
        return fail(Code::Unauthenticated, "The refresh token is unknown, used, expired or revoked. Sign in again");
    asked.call.services.journal.audit(record_of(asked.call, act, issued->principal));
    return Answer{std::move(issued)};
}

/// What a program is told that asks whether it was let in. Spec: RFC 8628 section 3.5.
Answer told_device(domain::DevicePoll poll) {
    switch (poll.answer) {
    case domain::DeviceAnswer::Approved:
        return {std::move(poll.issued)};
    case domain::DeviceAnswer::Pending:
        return {{}, "authorization_pending", "Nobody has answered yet; ask again after the interval"};
    case domain::DeviceAnswer::SlowDown:
        return {{}, "slow_down", "Ask less often: five seconds were added to the interval"};
    case domain::DeviceAnswer::Denied:
        return {{}, "access_denied", "The sign-in was refused on the page"};
    case domain::DeviceAnswer::Expired:
        return {{}, "expired_token", "The code has expired. Begin again"};
    case domain::DeviceAnswer::Unknown:
        break;
    }
    return {{}, kInvalidGrant, "The device code is unknown or was used, or the code verifier is wrong"};
}

Result<Answer> by_device_code(const Asked& asked, const admission::Act& act) {
    TRY(const auto code, required(asked.form, "device_code"));
    return domain::transact(asked.call, [&](domain::Context& cx) -> Result<Answer> {
        TRY(auto poll, domain::poll_device(cx, {code, asked.client.id, asked.form.get("code_verifier")}));
        if (poll.issued)
            CHECK_OK(catalog::append_audit(cx.session, record_of(cx, act, poll.issued->principal)));
        return told_device(std::move(poll));
    });
}

constexpr admission::Act act_named(std::string_view id) {
    return {id, "", admission::SideEffect::Compute};
}

constexpr std::array kGrants{
    Grant{"password", act_named("sign_in.password"), kInvalidGrant, by_password},
    Grant{"client_credentials", act_named("sign_in.client_credentials"), kInvalidClient, by_key},
    Grant{"refresh_token", act_named("sign_in.refresh"), kInvalidGrant, by_refresh_token},
    Grant{"urn:ietf:params:oauth:grant-type:device_code", act_named("sign_in.device"), kInvalidGrant, by_device_code},
};

constexpr auto kTypes = [] {
    std::array<std::string_view, kGrants.size()> types{};
    std::ranges::transform(kGrants, types.begin(), &Grant::type);
    return types;
}();

http::Response success(domain::IssuedTokens issued) {
    auto response = document(Json::object({{"access_token", std::move(issued.access_token)},
                                           {"token_type", "Bearer"},
                                           {"expires_in", std::int64_t{issued.expires_in.count()}},
                                           {"refresh_token", std::move(issued.refresh_token)},
                                           {"refresh_expires_in", std::int64_t{domain::kRefreshTokenLife.count()}},
                                           {"scope", std::move(issued.scope)}}));
    response.principal = std::move(issued.principal.id);
    return response;
}

http::Response refused(const domain::Call& call, const Grant& grant, const Error& error) {
    auto row = record_of(call, grant.act, call.principal);
    row.outcome = code_name(error.code);
    call.services.journal.audit(std::move(row));
    return oauth_error(error, grant.refused);
}

} // namespace

std::span<const std::string_view> grant_types() {
    return kTypes;
}

http::Response token(const domain::Services& services, const http::Request& request) {
    const auto form = http::Form::of(request);
    if (!form)
        return oauth_error(form.error(), kInvalidGrant);
    const auto client = client_of(request, *form);
    const auto type = required(*form, "grant_type");
    if (!client || !type)
        return oauth_error(client ? type.error() : client.error(), kInvalidGrant);
    const auto* grant = std::ranges::find(kGrants, std::string_view(*type), &Grant::type);
    if (grant == kGrants.end())
        return oauth_error(400, "unsupported_grant_type",
                           fmt::format("The grant type must be one of: {}", fmt::join(kTypes, ", ")));
    const auto call = call_of(services, request);
    auto answer = grant->answer({call, *form, *client}, grant->act);
    if (!answer)
        return refused(call, *grant, answer.error());
    return answer->issued ? success(*std::move(answer->issued)) : oauth_error(400, answer->error, answer->description);
}

} // namespace landfall::faces::realm

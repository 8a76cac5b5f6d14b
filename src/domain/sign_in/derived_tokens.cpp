#include "domain/sign_in/derived_tokens.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/known_keys.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

namespace landfall::domain {
namespace {

constexpr std::chrono::minutes kRemembered{5};

auto refused() {
    return fail(Code::Unauthenticated, "Invalid token.");
}

} // namespace

std::string derived_token(const Services& services, const catalog::UserRow& user) {
    const std::string bound =
        fmt::format("user token\n{}\n{}\n{}", user.id.str(), user.token_epoch, user.password_hash);
    return user.id.str() + "." + to_base64url(hmac_sha256(services.signing_key.secret, bound));
}

Result<auth::Principal> authenticate_derived(const Services& services, std::string_view token,
                                             const OrganizationId& organization, Timestamp now) {
    const std::string digest = key_digest(fmt::format("{}\n{}", token, organization.str()));
    const auto known = services.known_keys.find(digest);
    if (known && *known->expires_at > now)
        return known->principal;
    const auto dot = token.find('.');
    if (digest.empty() || dot == std::string_view::npos)
        return refused();
    const Stamp since = services.versions.now();
    TRY(auto principal, services.database.read_for([&](database::Session& session) -> Result<auth::Principal> {
        TRY(const auto user, catalog::find_user(session, UserId(token.substr(0, dot))));
        if (!user || !may_sign_in(*user) || user->password_hash.empty() ||
            !equal_constant_time(token, derived_token(services, *user)))
            return refused();
        return principal_in(session, user->id, organization);
    }));
    if (!principal.organization_id.empty())
        services.known_keys.put(digest, principal.organization_id, since,
                                std::make_shared<const KnownKey>(principal, now + kRemembered));
    return principal;
}

} // namespace landfall::domain

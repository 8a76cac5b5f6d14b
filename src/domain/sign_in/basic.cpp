#include "domain/sign_in/basic.hpp"

#include "core/digest.hpp"
#include "core/ids.hpp"
#include "core/text.hpp"
#include "domain/sign_in/passwords.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/known_keys.hpp"
#include "domain/transact.hpp"

namespace landfall::domain {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kKeyUser = "apikey";

/// Of this process alone: from what it remembers nobody guesses a password.
std::string keyed_digest(std::string_view pair) {
    static const std::string key = random_bytes(kKeyBytes);
    return "basic:" + to_hex(hmac_sha256(key, pair));
}

Result<auth::Principal> find_key(const Call& call, std::string_view key) {
    const std::string digest = key_digest(key);
    return recognize(call.services, digest).empty() ? verify_key(call, key)
                                                    : authenticate(call.services, digest, call.now);
}

Result<auth::Principal> find_user(const Call& call, const Verified& verified) {
    return transact(call, [&](Context& cx) -> Result<auth::Principal> {
        CHECK_OK(confirm(cx, verified));
        TRY(const auto workplace, workplace_of(cx.session, verified.user.id, {}));
        TRY(auto standing, standing_of(cx.session, verified.user.id, workplace));
        return std::move(standing.principal);
    });
}

} // namespace

Result<auth::Principal> authenticate_basic(const Services& services, const BasicTry& shown, Timestamp now) {
    const std::string digest = keyed_digest(shown.pair);
    const auto known = services.known_keys.find(digest);
    if (known && *known->expires_at > now)
        return known->principal;
    const auto pair = from_base64(shown.pair);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos)
        return fail(Code::Unauthenticated, "The Authorization header is no user and password of the Basic scheme");
    static const auth::Principal nobody;
    const Call call{services, nobody, now, RequestId::make().str(), shown.address, ""};
    const std::string user = pair->substr(0, colon);
    const std::string secret = pair->substr(colon + 1);
    if (lower_case(user) == kKeyUser)
        return find_key(call, secret);
    const Stamp since = services.versions.now();
    TRY(const auto verified, verify_password(call, user, secret));
    TRY(auto principal, find_user(call, verified));
    if (!principal.organization_id.empty())
        services.known_keys.put(digest, principal.organization_id, since,
                                std::make_shared<const KnownKey>(principal, now + kBasicRemembered));
    return principal;
}

} // namespace landfall::domain

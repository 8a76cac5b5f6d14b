#include "domain/sign_in/basic.hpp"

#include "core/digest.hpp"
#include "core/ids.hpp"
#include "core/network.hpp"
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
constexpr const char* kProof = " proof";
constexpr std::chrono::minutes kFailureNoted{15}; ///< as long as failures count

/// Of this process alone: from what it remembers nobody guesses a password.
std::string keyed_digest(const BasicTry& shown) {
    static const std::string key = random_bytes(kKeyBytes);
    return "basic:" + to_hex(hmac_sha256(key, shown.organization.str() + "\n" + std::string(shown.pair)));
}

Result<auth::Principal> find_key(const Call& call, std::string_view key) {
    const std::string digest = key_digest(key);
    return recognize(call.services, digest).empty() ? verify_key(call, key)
                                                    : authenticate(call.services, digest, call.now);
}

Result<auth::Principal> find_user(const Call& call, const Verified& verified, const OrganizationId& organization) {
    return transact(call, [&](Context& cx) -> Result<auth::Principal> {
        CHECK_OK(confirm(cx, verified));
        return principal_in(cx.session, verified.user.id, organization);
    });
}

/// Whether an address failed since it last had the right password: then that is compared again, for a right one lets
/// it begin anew, and what is remembered would not.
std::string failed_at(const std::string& address) {
    return "basic failed:" + network_of(address);
}

void note_outcome(const Services& services, const std::string& address, Timestamp failed_until) {
    services.known_keys.put(failed_at(address), OrganizationId(), services.versions.now(),
                            std::make_shared<const KnownKey>(auth::Principal(), failed_until));
}

/// Remembers whose pair it is until anything changes in his organization, and for longer what it was found right
/// against: comparing that again takes a moment, and the password tens of milliseconds.
void remember(const Call& call, const BasicTry& shown, Stamp since, const KnownKey& known) {
    auto& keys = call.services.known_keys;
    const std::string digest = keyed_digest(shown);
    keys.put(digest + kProof, OrganizationId(), since, std::make_shared<const KnownKey>(known));
    if (!known.principal.organization_id.empty())
        keys.put(digest, known.principal.organization_id, since, std::make_shared<const KnownKey>(known));
}

/// The user of a pair that was right before, if nothing of it has changed.
Result<std::optional<auth::Principal>> find_proven(const Call& call, const BasicTry& shown) {
    const Stamp since = call.services.versions.now();
    const auto proven = call.services.known_keys.find(keyed_digest(shown) + kProof);
    if (!proven || *proven->expires_at <= call.now)
        return std::optional<auth::Principal>();
    KnownKey known = *proven;
    TRY(const bool holds, call.services.database.read_for([&](database::Session& session) -> Result<bool> {
        TRY(const auto user, catalog::find_user(session, UserId(known.principal.id)));
        if (!user || !may_sign_in(*user) || user->password_hash != known.proof)
            return false;
        TRY(known.principal, principal_in(session, user->id, shown.organization));
        return true;
    }));
    if (!holds)
        return std::optional<auth::Principal>();
    remember(call, shown, since, known);
    return std::optional(std::move(known.principal));
}

/// The user of a right pair, who is remembered with it.
Result<auth::Principal> verify_user(const Call& call, const BasicTry& shown, const std::string& user,
                                    const std::string& secret) {
    const Stamp since = call.services.versions.now();
    const auto verified = verify_password(call, user, secret);
    if (!verified) {
        if (verified.error().code == Code::Unauthenticated)
            note_outcome(call.services, shown.address, call.now + kFailureNoted);
        return fail(verified.error());
    }
    TRY(auto principal, find_user(call, *verified, shown.organization));
    note_outcome(call.services, shown.address, call.now);
    remember(call, shown, since, {principal, call.now + kBasicRemembered, verified->user.password_hash});
    return principal;
}

} // namespace

Result<auth::Principal> authenticate_basic(const Services& services, const BasicTry& shown, Timestamp now) {
    static const auth::Principal nobody;
    const Call call{services, nobody, now, RequestId::make().str(), shown.address, ""};
    const auto failed = services.known_keys.find(failed_at(shown.address));
    const bool must_compare = failed && *failed->expires_at > now;
    const auto known = services.known_keys.find(keyed_digest(shown));
    std::optional<auth::Principal> remembered;
    if (known && *known->expires_at > now) {
        remembered = known->principal;
    } else {
        TRY(remembered, find_proven(call, shown));
    }
    if (remembered && !must_compare)
        return *std::move(remembered);
    const auto pair = from_base64(shown.pair);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos || !is_utf8(*pair) || pair->find('\0') != std::string::npos)
        return fail(Code::Unauthenticated, "The Authorization header is no user and password of the Basic scheme");
    const std::string user = pair->substr(0, colon);
    const std::string secret = pair->substr(colon + 1);
    if (lower_case(user) == kKeyUser)
        return find_key(call, secret);
    auto principal = verify_user(call, shown, user, secret);
    const bool must_wait = !principal && principal.error().code == Code::ResourceExhausted;
    return must_wait && remembered ? Result<auth::Principal>(*std::move(remembered)) : std::move(principal);
}

} // namespace landfall::domain

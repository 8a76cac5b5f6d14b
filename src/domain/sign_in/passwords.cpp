#include "domain/sign_in/passwords.hpp"

#include "auth/secrets.hpp"
#include "core/ids.hpp"
#include "core/text.hpp"
#include "domain/sign_in/sessions.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/tenancy/known_keys.hpp"

#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::chrono::milliseconds kPatience{4000};
constexpr std::size_t kLongestQueue = 128;
constexpr std::size_t kLongestPassword = 1024;

auto wrong() {
    return fail(Code::Unauthenticated, "The email address or the password is wrong");
}

/// What is compared where there is no password to compare with, for the time that it takes.
const std::string& nobodys_hash() {
    static const std::string hash = auth::hash_password(to_base64url(random_bytes(12))).value_or("");
    return hash;
}

Result<jobs::Gate::Pass> take_turn(const Services& services, const std::string& network) {
    auto& turns = services.known_keys.passwords;
    auto pass = turns.waiting() < kLongestQueue ? turns.enter(network, kPatience) : std::nullopt;
    if (pass)
        return *std::move(pass);
    Error busy(Code::Unavailable, "Too many are signing in at this moment; try again in a few seconds");
    busy.retry_after_seconds = 2;
    return fail(std::move(busy));
}

struct Found {
    std::optional<catalog::UserRow> user;
    Attempt attempt;
};

/// The user of an email address, unless the try has to wait.
Result<Found> look_up(const Call& call, std::string_view email) {
    return call.services.database.read_for([&](database::Session& session) -> Result<Found> {
        TRY(auto user, catalog::find_user_by_email(session, email));
        Attempt attempt = attempt_of(call.remote_address, email, user);
        CHECK_OK(check_throttle(session, attempt, call.services.clock.now()));
        return Found{std::move(user), std::move(attempt)};
    });
}

Status count_failure(const Call& call, const Attempt& attempt) {
    return call.services.transactor.run(
        [&](database::Session& session) { return note_failure(session, attempt, call.now); });
}

} // namespace

Result<Verified> verify_password(const Call& call, std::string_view email, std::string_view password) {
    CHECK_OK(look_up(call, email));
    bool right = false;
    Found found;
    {
        TRY(const auto turn, take_turn(call.services, attempt_of(call.remote_address).network));
        TRY(found, look_up(call, email)); // others of this address may have failed meanwhile
        const bool can = found.user && may_sign_in(*found.user) && !found.user->password_hash.empty();
        const std::string& hash = can ? found.user->password_hash : nobodys_hash();
        right = password.size() <= kLongestPassword && auth::verify_password(password, hash) && can;
    }
    if (right)
        return Verified{*std::move(found.user), std::move(found.attempt)};
    CHECK_OK(count_failure(call, found.attempt));
    return wrong();
}

Status confirm(Context& cx, const Verified& verified) {
    TRY(const auto now, catalog::lock_user(cx.session, verified.user.id));
    if (!now || !may_sign_in(*now) || now->password_hash != verified.user.password_hash)
        return wrong();
    return note_success(cx.session, verified.attempt, cx.now);
}

Result<auth::Principal> verify_key(const Call& call, std::string_view key) {
    const Attempt attempt = attempt_of(call.remote_address);
    CHECK_OK(call.services.database.read(
        [&](database::Session& session) { return check_throttle(session, attempt, call.now); }));
    auto principal = authenticate(call.services, key_digest(key), call.now);
    if (!principal && principal.error().code == Code::Unauthenticated)
        CHECK_OK(count_failure(call, attempt));
    return principal;
}

Result<std::string> hash_new_password(const Call& call, std::string_view password) {
    CHECK_OK(auth::check_password(password));
    TRY(const auto turn, take_turn(call.services, attempt_of(call.remote_address).network));
    return auth::hash_password(password);
}

} // namespace landfall::domain

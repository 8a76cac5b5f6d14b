#include "domain/sign_in/first_start.hpp"

#include "core/digest.hpp"
#include "database/turn.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::chrono::hours kSetupLife{1};

std::string proof_of(const Services& services, std::string_view expiry) {
    const std::string key = hmac_sha256(services.signing_key.secret, "landfall first start");
    return to_base64url(hmac_sha256(key, expiry));
}

} // namespace

OneTimeSecret make_setup_secret(const Services& services, Timestamp now) {
    const Timestamp expires_at = now + kSetupLife;
    // In microseconds, so that each start has one of its own.
    const std::string expiry = std::to_string(to_micros(expires_at));
    return {fmt::format("{}.{}", expiry, proof_of(services, expiry)), expires_at};
}

Status check_setup_secret(const Services& services, std::string_view secret, Timestamp now) {
    const auto dot = std::min(secret.find('.'), secret.size());
    const std::string_view expiry = secret.substr(0, dot);
    std::int64_t micros = 0;
    std::from_chars(expiry.data(), expiry.data() + expiry.size(), micros);
    if (!equal_constant_time(secret.substr(std::min(dot + 1, secret.size())), proof_of(services, expiry)) ||
        micros <= to_micros(now))
        return fail(Code::PermissionDenied,
                    "This link is not of this server, or its hour is over. Start the server again: it "
                    "prints a new one");
    return {};
}

Result<Bootstrapped> set_up(Context& cx, const FirstAccount& account) {
    CHECK_OK(check_name("name", account.name));
    CHECK_OK(database::take_turn(cx.session, "bootstrap"));
    TRY(const bool late, catalog::has_users(cx.session));
    if (late)
        return fail(Code::Conflict, "Somebody has an account on this server already: sign in");
    Bootstrap wanted;
    wanted.organization = account.organization;
    wanted.project = account.project;
    wanted.email = account.email;
    wanted.name = account.name;
    wanted.password_hash = account.password_hash;
    wanted.key = FirstKey::Leave;
    TRY(auto done, bootstrap(cx.session, wanted, cx.now));
    cx.transaction.changes(done.organization_id);
    return done;
}

} // namespace landfall::domain

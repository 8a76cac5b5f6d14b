#include "domain/sign_in/throttle.hpp"

#include "catalog/sign_in/attempt.hpp"
#include "core/network.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::chrono::minutes kWindow{15};
constexpr std::int64_t kFreeFailures = 10;      ///< of an address, and of an account before new addresses wait
constexpr std::int64_t kLongestDelay = 60;      ///< seconds between two tries of an account from new addresses
constexpr std::int64_t kDoublings = 6;          ///< until it is reached
constexpr std::chrono::hours kAddressFresh{24}; ///< noted anew after that

Status wait_until(Timestamp until, Timestamp now, std::string_view what) {
    if (until <= now)
        return {};
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(until - now).count();
    Error error(Code::ResourceExhausted, fmt::format("Too many failed sign-ins {}; try again in {} s", what, seconds));
    error.retry_after_seconds = static_cast<int>(seconds);
    return fail(std::move(error));
}

std::string subject_of(const std::string& network) {
    return "address:" + network;
}

Result<std::optional<catalog::SignInFailureRow>> recent(database::Session& session, const std::string& subject,
                                                        Timestamp now) {
    TRY(auto failures, catalog::find_sign_in_failure(session, subject));
    return failures && failures->since > now - kWindow ? std::move(failures) : std::nullopt;
}

Result<bool> is_known(database::Session& session, const Attempt& attempt, Timestamp now) {
    if (!attempt.user_id)
        return false;
    TRY(const auto address, catalog::find_sign_in_address(session, *attempt.user_id, attempt.network));
    return address && address->last_at > now - kAddressKnown;
}

} // namespace

Attempt attempt_of(const std::string& address, std::string_view email, const std::optional<catalog::UserRow>& user) {
    Attempt attempt{network_of(address)};
    // A digest: what somebody types into the field of a name may be a password.
    if (!email.empty())
        attempt.account = "account:" + to_hex(sha256(lower_case(email)));
    if (user)
        attempt.user_id = user->id;
    return attempt;
}

Status check_throttle(database::Session& session, const Attempt& attempt, Timestamp now) {
    TRY(const auto here, recent(session, subject_of(attempt.network), now));
    if (here && here->failures >= kFreeFailures)
        return wait_until(here->since + kWindow, now, "from this address");
    if (attempt.account.empty())
        return {};
    TRY(const auto everywhere, recent(session, attempt.account, now));
    if (!everywhere || everywhere->failures < kFreeFailures)
        return {};
    TRY(const bool known, is_known(session, attempt, now));
    if (known)
        return {};
    const auto doublings = std::min(everywhere->failures - kFreeFailures, kDoublings);
    const std::chrono::seconds delay(std::min(std::int64_t{1} << doublings, kLongestDelay));
    return wait_until(everywhere->last_at + delay, now, "of this account");
}

Status note_failure(database::Session& session, const Attempt& attempt, Timestamp now) {
    CHECK_OK(catalog::count_sign_in_failure(session, subject_of(attempt.network), now, now - kWindow));
    if (attempt.account.empty())
        return {};
    return catalog::count_sign_in_failure(session, attempt.account, now, now - kWindow);
}

Status note_success(database::Session& session, const Attempt& attempt, Timestamp now) {
    CHECK_OK(catalog::forget_sign_in_failures(session, subject_of(attempt.network)));
    if (!attempt.user_id)
        return {};
    TRY(const auto address, catalog::find_sign_in_address(session, *attempt.user_id, attempt.network));
    if (address && address->last_at > now - kAddressFresh)
        return {};
    return catalog::put_sign_in_address(session, {*attempt.user_id, attempt.network, now});
}

} // namespace landfall::domain

#pragma once
/// How often somebody may try to sign in. Ten failures of an address within a quarter of an hour and it waits until
/// that is over; an account that is tried from many addresses makes new ones wait ever longer, but none from which it
/// signed in before. Shared by all servers of a catalog. Design: section 12.

#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

/// So long an account knows an address from which it signed in.
inline constexpr std::chrono::hours kAddressKnown{90 * 24};

/// One try.
struct Attempt {
    std::string network;             ///< of the address: see `network_of`
    std::string account{};           ///< subject of the account that is tried, which need not exist; or empty
    std::optional<UserId> user_id{}; ///< the account's user, if there is one
};
/// A try from the address of a call; of an email address, if one is tried.
Attempt attempt_of(const std::string& address, std::string_view email = {},
                   const std::optional<catalog::UserRow>& user = {});

/// ResourceExhausted, with the seconds to wait, where the try must not be looked at.
Status check_throttle(database::Session& session, const Attempt& attempt, Timestamp now);
/// Counts a try that was wrong.
Status note_failure(database::Session& session, const Attempt& attempt, Timestamp now);
/// Of one that was right: the address begins anew, and is known to the account from now on.
Status note_success(database::Session& session, const Attempt& attempt, Timestamp now);

} // namespace landfall::domain

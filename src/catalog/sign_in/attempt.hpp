#pragma once
/// Failed sign-ins, counted by address and by account, and from where accounts have signed in before.

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::catalog {

struct SignInFailureRow {
    std::string subject; ///< `address:…` or `account:…`
    std::int64_t failures = 0;
    Timestamp since{}; ///< the first of them
    Timestamp last_at{};
};

constexpr auto columns(Of<SignInFailureRow>) {
    using R = SignInFailureRow;
    using enum Use;
    return table("sign_in_failure", column("subject", &R::subject, Key), column("failures", &R::failures),
                 column("since", &R::since), column("last_at", &R::last_at));
}

/// Counts one more, from one again if the first of those before lies before `window`.
Status count_sign_in_failure(Session& session, std::string_view subject, Timestamp at, Timestamp window);
Result<std::optional<SignInFailureRow>> find_sign_in_failure(Session& session, std::string_view subject);
/// Forgets those of a subject.
Status forget_sign_in_failures(Session& session, std::string_view subject);

struct SignInAddressRow {
    UserId user_id;
    std::string address; ///< its network, see `network_of`
    Timestamp last_at{};
};

constexpr auto columns(Of<SignInAddressRow>) {
    using R = SignInAddressRow;
    using enum Use;
    return table("sign_in_address", column("user_id", &R::user_id, Key), column("address", &R::address, Key),
                 column("last_at", &R::last_at));
}

/// Notes that a user signed in from an address.
Status put_sign_in_address(Session& session, const SignInAddressRow& row);
Result<std::optional<SignInAddressRow>> find_sign_in_address(Session& session, const UserId& user,
                                                             std::string_view address);

/// Removes up to `limit` of each: failures whose last one, and addresses whose last use, lies before. How many.
Result<std::int64_t> purge_sign_in_failures(Session& session, Timestamp before, std::int64_t limit);
Result<std::int64_t> purge_sign_in_addresses(Session& session, Timestamp before, std::int64_t limit);

} // namespace landfall::catalog

#pragma once
/// Whether somebody who signs in is who they say. A wrong password and an unknown name cost the time of a right one.
/// Design: section 12.

#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"
#include "domain/sign_in/throttle.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// Who signed in, and what shall be noted of it in the transaction that follows.
struct Verified {
    catalog::UserRow user;
    Attempt attempt;
};

/// The user of a right email address and password. Runs outside of any transaction and takes tens of milliseconds.
/// Unauthenticated, having counted it, for wrong ones and for users who may not sign in; ResourceExhausted while the
/// address or the account has to wait; Unavailable while too many others are waiting.
Result<Verified> verify_password(const Call& call, std::string_view email, std::string_view password);
/// Notes the success in the transaction that acts on it. Unauthenticated if the password was changed, or the user
/// barred, meanwhile.
Status confirm(Context& cx, const Verified& verified);

/// The live API key that was shown as a secret; else Unauthenticated, having counted it, or ResourceExhausted.
Result<auth::Principal> verify_key(const Call& call, std::string_view key);

/// What is stored of a new password, made when it is its turn as above. InvalidArgument for one that is too short or
/// too long.
Result<std::string> hash_new_password(const Call& call, std::string_view password);

} // namespace landfall::domain

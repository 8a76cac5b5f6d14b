#pragma once
/// The first account of a server that nobody has an account on: whoever holds the link that a server printed when it
/// started makes it, with an organization and a project. Decision: docs/decisions/0024-console.md.

#include "domain/context.hpp"
#include "domain/tenancy/one_time_secret.hpp"
#include "domain/tenancy/organizations.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// A secret that any server of this catalog takes for an hour, until there is a user.
OneTimeSecret make_setup_secret(const Services& services, Timestamp now);
/// PermissionDenied, with what to do, for one that is not of this catalog or whose hour is over.
Status check_setup_secret(const Services& services, std::string_view secret, Timestamp now);

struct FirstAccount {
    std::string name;
    std::string email;
    std::string password_hash; ///< as `hash_new_password` gives it
    std::string organization;
    std::string project;
};
/// Makes the account, which owns the organization, and the project of the STAC face beside its own. Conflict once there
/// is any user: of several calls at a time one wins. InvalidArgument naming the field. Mints no API key.
Result<Bootstrapped> set_up(Context& cx, const FirstAccount& account);

} // namespace landfall::domain

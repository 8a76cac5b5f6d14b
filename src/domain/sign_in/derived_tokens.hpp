#pragma once
/// Tokens that stand for a user's password, for programs that keep one instead of it. They are derived and not stored:
/// the same one each time, until the password changes or the user is disabled. Contract: swisstopo.md section 3.

#include "auth/principal.hpp"
#include "catalog/tenancy/user.hpp"
#include "domain/context.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// The user's id and what proves it, which only servers of this installation can tell.
std::string derived_token(const Services& services, const catalog::UserRow& user);

/// Whose token it is, working in an organization that he belongs to, else in the first of his. Unauthenticated if it
/// is none, or none any more.
Result<auth::Principal> authenticate_derived(const Services& services, std::string_view token,
                                             const OrganizationId& organization, Timestamp now);

} // namespace landfall::domain

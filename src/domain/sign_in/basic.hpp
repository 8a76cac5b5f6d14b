#pragma once
/// Credentials of the Basic scheme, for clients that know no other. Spec: RFC 7617.

#include "auth/principal.hpp"
#include "domain/context.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace landfall::domain {

/// So long a right pair is remembered, by a digest whose key only this process has; no longer than until the password
/// changes or the user is barred.
inline constexpr std::chrono::minutes kBasicRemembered{5};

struct BasicTry {
    std::string_view pair;         ///< base64 of `email:password`, or of `apikey:gpra_…`
    std::string address;           ///< whence it came
    OrganizationId organization{}; ///< in which a user works who belongs to it; else in the first of his
};
/// Who shows it: a user or a key. Fails as `verify_password` and `verify_key` do,
/// and may take as long.
Result<auth::Principal> authenticate_basic(const Services& services, const BasicTry& shown, Timestamp now);

} // namespace landfall::domain

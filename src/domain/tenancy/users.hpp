#pragma once
/// Users: whether they may sign in, their passwords, and how they go. Checks no roles: whoever calls has.

#include "catalog/tenancy/user.hpp"
#include "catalog/transaction.hpp"
#include "core/time.hpp"
#include "domain/tenancy/one_time_secret.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// InvalidArgument for `email` unless it has the form of an address, without blanks.
Status check_email(std::string_view email);

/// By id or email. NotFound if there is none.
Result<catalog::UserRow> require_user(database::Session& session, std::string_view id_or_email);

/// Keeps the user from signing in, and ends his sessions at once; what he made and his memberships stay.
Status disable_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now);
/// Lets him sign in again.
Status enable_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now);
/// Ends memberships, roles and sessions for good and forgets address, name and password; what he made stays with its
/// project. Conflict for the last owner of an organization.
Status delete_user(catalog::Transaction& transaction, catalog::UserRow user, Timestamp now);

/// A new password, as `auth::hash_password` gave it. Ends all sessions and links of the user.
Status set_password(catalog::Transaction& transaction, catalog::UserRow user, const std::string& hash, Timestamp now);

/// The secret of a link that is good once, for a day; earlier ones of the user end.
Result<OneTimeSecret> make_password_link(database::Session& session, const catalog::UserRow& user, Timestamp now);
/// Whose password a link lets one choose. NotFound for one that is unknown, used or expired.
Result<catalog::UserRow> find_linked_user(database::Session& session, std::string_view secret, Timestamp now);
/// Sets the password of the link's user, and the link is used up.
Result<catalog::UserRow> use_password_link(catalog::Transaction& transaction, std::string_view secret,
                                           const std::string& hash, Timestamp now);

} // namespace landfall::domain

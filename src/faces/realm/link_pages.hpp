#pragma once
/// Pages of links that are good once: to accept an invitation, and to choose a password. Contract: extensions.md
/// Catalog, `users.invite`.

#include "domain/context.hpp"
#include "http/message/message.hpp"

namespace landfall::faces::realm {

/// `GET /realms/public/invitation/{secret}`: who invites, and the form to accept.
http::Response show_invitation(const domain::Services& services, const http::Request& request);
/// `POST` of it: makes an account, or takes the password of the one that the address has, and joins.
http::Response accept_invitation(const domain::Services& services, const http::Request& request);
/// `GET /realms/public/password/{secret}`: the form to choose a password.
http::Response show_password(const domain::Services& services, const http::Request& request);
/// `POST` of it: the new password counts, all sessions end.
http::Response choose_password(const domain::Services& services, const http::Request& request);

} // namespace landfall::faces::realm

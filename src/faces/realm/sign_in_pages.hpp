#pragma once
/// Pages for signing in and out, and the session of the browser that stands on one.

#include "auth/principal.hpp"
#include "domain/context.hpp"
#include "http/message/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::faces::realm {

/// `GET /realms/public/login?next=PATH`: the form; whoever is signed in goes on to `next` at once.
http::Response show_sign_in(const domain::Services& services, const http::Request& request);
/// `POST /realms/public/login`: signs in and goes on.
http::Response sign_in(const domain::Services& services, const http::Request& request);
/// `GET /realms/public/account`: who is signed in here, and the way out.
http::Response show_account(const domain::Services& services, const http::Request& request);
/// `POST /realms/public/account`: signs out, here or everywhere.
http::Response sign_out(const domain::Services& services, const http::Request& request);

/// Who is signed in by the cookie of the browser; nothing if nobody is.
std::optional<auth::Principal> signed_in(const domain::Services& services, const http::Request& request);
/// The way to the sign-in page and back to a path of this server.
http::Response ask_to_sign_in(const std::string& back);

} // namespace landfall::faces::realm

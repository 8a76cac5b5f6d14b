#pragma once
/// The page on which somebody who is signed in chooses another password.

#include "domain/context.hpp"
#include "http/message/message.hpp"

namespace landfall::faces::realm {

inline constexpr std::string_view kChangePassword = "/realms/public/change-password";

/// `GET /realms/public/change-password`: the form.
http::Response show_change(const domain::Services& services, const http::Request& request);
/// `POST` of it: the new password counts, every session ends, and a new one begins here.
http::Response change_password(const domain::Services& services, const http::Request& request);

} // namespace landfall::faces::realm

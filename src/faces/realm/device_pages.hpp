#pragma once
/// Letting a program in that was started on another device. Contract: geopera.md section 2.3. Spec: RFC 8628.

#include "admission/rate_limit.hpp"
#include "domain/context.hpp"
#include "http/message/message.hpp"

namespace landfall::faces::realm {

/// `POST …/auth/device`: a program asks for codes. `asked` counts by address.
http::Response ask_device(const domain::Services& services, admission::RateLimiter& asked,
                          const http::Request& request);
/// `GET /realms/public/device?user_code=CODE`: the code to type, then what is to be let in.
http::Response show_device(const domain::Services& services, const http::Request& request);
/// `POST /realms/public/device`: lets it in, or not.
http::Response decide_device(const domain::Services& services, const http::Request& request);

} // namespace landfall::faces::realm

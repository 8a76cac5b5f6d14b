#pragma once
/// Secrets of links that are good once. Only their digests are kept.

#include "core/ids.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <string>
#include <string_view>

namespace landfall::domain {

/// A secret that is shown once, and until when it is good.
struct OneTimeSecret {
    std::string secret; ///< 43 characters that may stand in a path
    Timestamp expires_at{};
};

inline OneTimeSecret make_one_time_secret(Timestamp expires_at) {
    return {to_base64url(random_bytes(32)), expires_at};
}

/// By which it is known.
inline std::string one_time_digest(std::string_view secret) {
    return to_hex(sha256(secret));
}

/// Where the pages are that take the secrets; `origin` has no trailing slash.
inline std::string invitation_url(const std::string& origin, const std::string& secret) {
    return origin + "/realms/public/invitation/" + secret;
}
inline std::string password_url(const std::string& origin, const std::string& secret) {
    return origin + "/realms/public/password/" + secret;
}
/// The secret stands where browsers send it to nobody.
inline std::string setup_url(const std::string& origin, const std::string& secret) {
    return origin + "/setup#" + secret;
}

} // namespace landfall::domain

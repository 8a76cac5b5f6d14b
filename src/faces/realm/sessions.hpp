#pragma once
/// What tells of tokens and ends them: userinfo, introspection, revocation, logout. Contract: geopera.md 2.4 and 2.5.

#include "admission/pipeline.hpp"
#include "domain/context.hpp"
#include "http/message/message.hpp"

#include <string>

namespace landfall::faces::realm {

/// OpenID Connect Core section 5.3, with a token or an API key, or from a page of this server, whose origin
/// `public_url` is, if set.
http::Response userinfo(admission::Pipeline& pipeline, const std::string& public_url, const http::Request& request);
/// RFC 7662. Whoever asks learns of tokens of its own organization only.
http::Response introspect(admission::Pipeline& pipeline, const http::Request& request);
/// RFC 7009. A token that is unknown is revoked already.
http::Response revoke(const domain::Services& services, const http::Request& request);
/// Ends the family of a refresh token; 204 whether or not there is one.
http::Response log_out(const domain::Services& services, const http::Request& request);

} // namespace landfall::faces::realm

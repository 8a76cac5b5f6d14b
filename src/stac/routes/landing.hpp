#pragma once
/// What a STAC API says of itself, and the token that stands for a password. Contract: swisstopo.md sections 3, 8, 22.

#include "stac/site.hpp"

namespace landfall::stac {

Result<Reply> get_landing(const Asked& asked);
Result<Reply> get_conformance(const Asked& asked);
/// Extents are always up to date: nothing is done.
Result<Reply> update_extent(const Asked& asked);

/// Whether the server is there.
http::Response check(const http::Request& request);
/// 301 to the landing page.
http::Response redirect_to_landing(const Site& site, const http::Request& request);
/// A token of the user whose name and password the body holds, as JSON or as a form.
http::Response get_token(const domain::Services& services, const http::Request& request);

} // namespace landfall::stac

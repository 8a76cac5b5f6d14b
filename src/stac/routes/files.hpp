#pragma once
/// The files of assets, at the root of the server. Contract: swisstopo.md section 16.

#include "stac/site.hpp"

namespace landfall::stac {

/// `/{collection}/{item}/{asset}` or `/{collection}/{asset}`.
http::Response send_file(const Site& site, const http::Request& request);

} // namespace landfall::stac

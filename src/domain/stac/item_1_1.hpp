#pragma once
/// A stored item document in STAC 1.1.0.

#include <string>
#include <string_view>

namespace landfall::domain {

/// The document that `compose_document` made, in the 1.1.0 form: bands that `raster:bands` and `eo:bands` tell apart
/// become one list of common `bands`, `proj:epsg` becomes `proj:code`, extensions are of the versions that go with it.
/// One pass over the text, which stays as relative as it was.
std::string item_1_1(std::string_view stored);

} // namespace landfall::domain

#pragma once
/// What a band shows, by the name that formulas and composites call it: `red`, `nir`, `swir1`. Pure, no GDAL.

#include <string>
#include <string_view>

namespace landfall::imagery {

/// The role that a name means, in lower case: `r`, `near_infrared`, `swir16` (STAC) and the like become `red`, `nir`,
/// `swir1`. What is no other spelling of a role stays as it is.
std::string canonical_role(std::string_view name);

/// Whether it is the name of a role that formulas know (geopera.md section 11), in lower case.
bool is_role(std::string_view name);

} // namespace landfall::imagery

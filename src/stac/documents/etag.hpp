#pragma once
/// Entity tags of STAC resources: tokens that change with what is stored, not with how it is shown.

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall::stac {

/// Which version of which thing.
struct Version {
    std::string_view id;
    std::int64_t own = 0;
    std::int64_t of_parts = 0; ///< how often what belongs to it changed
};
/// Opaque, without quotes.
std::string change_tag(const Version& version);

} // namespace landfall::stac

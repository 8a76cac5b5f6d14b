#pragma once
/// The versions of STAC that documents are shown in.

#include "schema/fields.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace landfall::domain {

/// Which extensions go with each: extensions.md "STAC documents".
enum class StacVersion { V1_0_0, V1_1_0 };

constexpr auto enum_names(schema::Of<StacVersion>) {
    return std::array{std::pair{StacVersion::V1_0_0, std::string_view("1.0.0")},
                      std::pair{StacVersion::V1_1_0, std::string_view("1.1.0")}};
}

} // namespace landfall::domain

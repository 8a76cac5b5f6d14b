#pragma once
/// The STAC extensions that our documents speak, in the version that goes with each version of STAC.

#include <algorithm>
#include <string_view>

namespace landfall::domain {

struct StacExtension {
    std::string_view prefix; ///< of its fields
    std::string_view base;   ///< of its addresses, up to the version
    std::string_view v1_0;   ///< with STAC 1.0.0
    std::string_view v1_1;   ///< with STAC 1.1.0
};

/// Projection 1.2 knows `proj:epsg`, which many clients read, beside `proj:code`.
inline constexpr StacExtension kStacExtensions[] = {
    {"proj:", "https://stac-extensions.github.io/projection/",
     "https://stac-extensions.github.io/projection/v1.2.0/schema.json",
     "https://stac-extensions.github.io/projection/v2.0.0/schema.json"},
    {"raster:", "https://stac-extensions.github.io/raster/",
     "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
     "https://stac-extensions.github.io/raster/v2.0.0/schema.json"},
    {"eo:", "https://stac-extensions.github.io/eo/", "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
     "https://stac-extensions.github.io/eo/v2.0.0/schema.json"},
    {"file:", "https://stac-extensions.github.io/file/", "https://stac-extensions.github.io/file/v2.1.0/schema.json",
     "https://stac-extensions.github.io/file/v2.1.0/schema.json"},
};

/// Which of them the address is of, in whatever version; null if of none.
constexpr const StacExtension* extension_of(std::string_view url) {
    const auto* found =
        std::ranges::find_if(kStacExtensions, [&](const auto& known) { return url.starts_with(known.base); });
    return found == std::end(kStacExtensions) ? nullptr : found;
}

} // namespace landfall::domain

#pragma once
/// WMTS 1.0.0 of an item (OGC 07-057r7): one layer in the tile matrix set WebMercatorQuad, its profiles as styles.
/// Contract: geopera.md section 10; `extensions.md`, "Pixels, decided".

#include "domain/context.hpp"
#include "domain/drawing/tiles.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::domain {

inline constexpr std::string_view kWmtsMatrixSet = "WebMercatorQuad";
/// The style without a profile of its own.
inline constexpr std::string_view kWmtsDefaultStyle = "default";

struct WmtsTerms {
    ItemId item_id;
    std::string base_url;               ///< of this server as its reader reaches it; a slash at its end does not count
    std::string key;                    ///< for clients that send no header: it stands in every URL; may be empty
    std::optional<std::string> profile; ///< only this one as style; nothing: all
};

/// The service's metadata. Fails as `summarize_tiles`.
Result<std::string> wmts_capabilities(Context& cx, const WmtsTerms& terms);

/// The profile that a style of the metadata means; nothing for the default one.
std::optional<std::string> profile_of_style(std::string_view style);

/// OWS 1.1's ExceptionReport with one exception. `locator` may be empty.
std::string wmts_exception(std::string_view code, std::string_view locator, std::string_view text);

} // namespace landfall::domain

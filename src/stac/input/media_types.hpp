#pragma once
/// The media types that assets may have, and the extensions of their ids. Contract: swisstopo.md section 23.

#include <optional>
#include <string>
#include <string_view>

namespace landfall::stac {

/// As documents show it: names in lower case, parameters sorted by name. Nothing for one that is not on the list, or is
/// malformed.
std::optional<std::string> normalized_media_type(std::string_view text);

/// `.tiff` of an id, with its dot; empty if it has none.
std::string_view extension_of(std::string_view id);
/// Whether some media type has that extension.
bool is_known_extension(std::string_view extension);
/// Whether it is one of the normalized media type's.
bool has_extension(std::string_view media_type, std::string_view extension);

} // namespace landfall::stac

#pragma once
/// Text for XML 1.0.

#include <string>
#include <string_view>

namespace landfall {

/// The text as content of an element or an attribute in quotes: well-formed UTF-8, with markup escaped. U+FFFD stands
/// for what XML 1.0 has no place for.
std::string xml_text(std::string_view text);

} // namespace landfall

#pragma once
/// Formats that people upload and Landfall does not read: what they are, told from their first bytes, and what would
/// help. No GDAL here.

#include <optional>
#include <string_view>

namespace landfall::imagery {

struct ForeignFormat {
    std::string_view what; ///< with its article: `an ECW image`
    std::string_view help; ///< a sentence that says what to do
};

/// By a signature of bytes. `head`: as much of the file's beginning as `sniff` is given.
std::optional<ForeignFormat> foreign_format(std::string_view head);
/// By the form of a text, without byte-order mark and leading white space.
std::optional<ForeignFormat> foreign_text(std::string_view text);

} // namespace landfall::imagery

#pragma once
/// Colours of four bytes. Pure, no GDAL.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::imagery {

/// Bytes red, green, blue, alpha from the lowest byte up.
using Rgba = std::uint32_t;

constexpr Rgba rgba(std::uint32_t red, std::uint32_t green, std::uint32_t blue, std::uint32_t alpha = 255) {
    return red | green << 8 | blue << 16 | alpha << 24;
}

/// Reads `#rrggbb` or `#rrggbbaa`, the mark being optional; nothing for anything else.
std::optional<Rgba> parse_hex(std::string_view text);

/// `#rrggbb`, or `#rrggbbaa` unless opaque.
std::string to_hex(Rgba color);

/// The colour that lies `share` (0..1) of the way from one to the other, each byte rounded.
Rgba blend(Rgba from, Rgba to, double share);

} // namespace landfall::imagery

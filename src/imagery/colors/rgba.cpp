#include "imagery/colors/rgba.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace landfall::imagery {

std::optional<Rgba> parse_hex(std::string_view text) {
    if (text.starts_with('#'))
        text.remove_prefix(1);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size() || (text.size() != 6 && text.size() != 8))
        return std::nullopt;
    if (text.size() == 6)
        value = value << 8 | 0xFF;
    return rgba(value >> 24 & 255, value >> 16 & 255, value >> 8 & 255, value & 255);
}

std::string to_hex(Rgba color) {
    const auto opaque = fmt::format("#{:02x}{:02x}{:02x}", color & 255, color >> 8 & 255, color >> 16 & 255);
    return color >> 24 == 255 ? opaque : fmt::format("{}{:02x}", opaque, color >> 24);
}

Rgba blend(Rgba from, Rgba to, double share) {
    Rgba mixed = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        const double a = from >> shift & 255, b = to >> shift & 255;
        mixed |= static_cast<Rgba>(std::lround(a + (b - a) * share)) << shift;
    }
    return mixed;
}

} // namespace landfall::imagery

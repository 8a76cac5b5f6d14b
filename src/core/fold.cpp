#include "core/fold.hpp"

#include <array>
#include <cstdint>

namespace landfall {
namespace {

/// Capitals that lie a fixed distance before their small letters, or alternate with them.
struct Range {
    std::uint32_t first, last;
    std::uint32_t distance; ///< 1: every other one is a capital, the first is
};
constexpr std::array<Range, 24> kRanges{
    {{0x41, 0x5A, 32},   {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},   {0x100, 0x12F, 1},  {0x132, 0x137, 1},
     {0x139, 0x148, 1},  {0x14A, 0x177, 1},  {0x179, 0x17E, 1},  {0x1CD, 0x1DC, 1},  {0x1DE, 0x1EF, 1},
     {0x1F8, 0x21F, 1},  {0x222, 0x233, 1},  {0x386, 0x386, 38}, {0x388, 0x38A, 37}, {0x38C, 0x38C, 64},
     {0x38E, 0x38F, 63}, {0x391, 0x3A1, 32}, {0x3A3, 0x3AB, 32}, {0x400, 0x40F, 80}, {0x410, 0x42F, 32},
     {0x460, 0x481, 1},  {0x48A, 0x4BF, 1},  {0x4D0, 0x52F, 1},  {0x1E00, 0x1E95, 1}}};
constexpr std::uint32_t kLatinY = 0x178; ///< Ÿ, whose small letter is ÿ
constexpr Range kVietnamese{0x1EA0, 0x1EFF, 1};

std::uint32_t lower_of(std::uint32_t c) {
    const auto in = [c](const Range& range) { return c >= range.first && c <= range.last; };
    const auto moved = [c](const Range& range) {
        return range.distance > 1 ? c + range.distance : c + ((c - range.first) % 2 == 0 ? 1 : 0);
    };
    if (c == kLatinY)
        return 0xFF;
    if (c == 0x130) // İ has no single small letter
        return c;
    for (const Range& range : kRanges)
        if (in(range))
            return moved(range);
    return in(kVietnamese) ? moved(kVietnamese) : c;
}

void append(std::string& out, std::uint32_t c) {
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        tail(0);
    } else {
        out += static_cast<char>(0xE0 | (c >> 12));
        tail(6);
        tail(0);
    }
}

} // namespace

std::string fold_case(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
        const auto is_tail = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
        if (byte(0) < 0x80) {
            append(out, lower_of(byte(0)));
            ++at;
        } else if ((byte(0) & 0xE0) == 0xC0 && is_tail(1)) {
            append(out, lower_of((byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU)));
            at += 2;
        } else if ((byte(0) & 0xF0) == 0xE0 && is_tail(1) && is_tail(2)) {
            append(out, lower_of((byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU)));
            at += 3;
        } else {
            out += text[at++];
        }
    }
    return out;
}

} // namespace landfall

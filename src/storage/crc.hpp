#pragma once
/// The cyclic redundancy checks that S3 knows.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace landfall::storage {

/// A reflected CRC that begins with ones and ends inverted. Takes eight bytes at a time through a table for each ("A
/// Systematic Approach to Building High Performance, Software-based, CRC Generators", Kounavis and Berry 2005).
template<typename Word, Word kPolynomial>
class Crc {
public:
    void update(std::span<const std::byte> bytes) {
        for (; bytes.size() >= kStep; bytes = bytes.subspan(kStep)) {
            Word next = 0;
            for (std::size_t i = 0; i < kStep; ++i) {
                const auto mixed = i < sizeof(Word) ? static_cast<std::uint8_t>(state_ >> (8 * i)) : std::uint8_t{0};
                next ^= kTables[kStep - 1 - i][std::to_integer<std::uint8_t>(bytes[i]) ^ mixed];
            }
            state_ = next;
        }
        for (const std::byte byte : bytes)
            state_ = kTables[0][static_cast<std::size_t>((state_ ^ static_cast<Word>(byte)) & 0xFF)] ^ (state_ >> 8);
    }

    /// Raw, in network order.
    std::string value() const {
        const Word word = ~state_;
        std::string out;
        for (std::size_t i = sizeof(Word); i-- > 0;)
            out += static_cast<char>(word >> (8 * i) & 0xFF);
        return out;
    }

private:
    static constexpr std::size_t kStep = 8;
    using Table = std::array<Word, 256>;
    static constexpr std::array<Table, kStep> kTables = [] {
        std::array<Table, kStep> tables{};
        for (std::size_t i = 0; i < 256; ++i) {
            auto word = static_cast<Word>(i);
            for (int bit = 0; bit < 8; ++bit)
                word = (word & 1) != 0 ? word >> 1 ^ kPolynomial : word >> 1;
            tables[0][i] = word;
        }
        for (std::size_t k = 1; k < kStep; ++k)
            for (std::size_t i = 0; i < 256; ++i)
                tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xFF];
        return tables;
    }();
    Word state_ = ~Word{0};
};

using Crc32 = Crc<std::uint32_t, 0xEDB88320U>;
using Crc32c = Crc<std::uint32_t, 0x82F63B78U>;
using Crc64Nvme = Crc<std::uint64_t, 0x9A6C9329AC4BC9B5U>;

} // namespace landfall::storage

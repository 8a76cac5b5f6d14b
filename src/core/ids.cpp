#include "core/ids.hpp"

#include "core/mutex.hpp"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <ranges>
#include <stdexcept>

namespace landfall {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

using Random = std::array<std::uint8_t, 10>;

/// Adds one to the big-endian random part, so that ids of the same millisecond stay ordered.
void increment(Random& bytes) {
    for (auto& byte : bytes | std::views::reverse)
        if (++byte != 0)
            return;
}

std::string encode(std::uint64_t milliseconds, const Random& random) {
    std::array<std::uint8_t, 16> bits{};
    for (std::size_t i = 0; i < 6; ++i)
        bits[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
    std::copy(random.begin(), random.end(), bits.begin() + 6);
    std::string text(26, '0');
    // 128 bits as 26 digits of 5 bits; the first digit holds the top 3.
    for (std::size_t digit = 0; digit < 26; ++digit) {
        unsigned value = 0;
        for (std::size_t k = 0; k < 5; ++k) {
            const std::size_t position = digit * 5 + k;
            const bool bit = position >= 2 && ((bits[(position - 2) / 8] >> (7 - (position - 2) % 8)) & 1U) != 0;
            value = value * 2 + (bit ? 1 : 0);
        }
        text[digit] = kAlphabet[value];
    }
    return text;
}

} // namespace

std::string random_bytes(std::size_t bytes) {
    std::string out(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(bytes)) != 1)
        throw std::runtime_error("the system's random generator failed");
    return out;
}

std::string unique_part() {
    static Mutex mutex;
    static std::uint64_t last_milliseconds GUARDED_BY(mutex) = 0;
    static Random random GUARDED_BY(mutex){};
    const auto now = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    const Lock lock(mutex);
    if (now > last_milliseconds) {
        last_milliseconds = now;
        const std::string fresh = random_bytes(random.size());
        std::copy(fresh.begin(), fresh.end(), random.begin());
        random[0] &= 0x7F; // leaves room to count up
    } else {
        increment(random);
    }
    return encode(last_milliseconds, random);
}

} // namespace landfall

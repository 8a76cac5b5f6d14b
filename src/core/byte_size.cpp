#include "core/byte_size.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace landfall {

std::optional<std::int64_t> parse_byte_size(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc())
        return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 10> kUnits{{{"", 1},
                                                                                {"B", 1},
                                                                                {"KiB", 1LL << 10},
                                                                                {"MiB", 1LL << 20},
                                                                                {"GiB", 1LL << 30},
                                                                                {"TiB", 1LL << 40},
                                                                                {"kB", 1'000},
                                                                                {"MB", 1'000'000},
                                                                                {"GB", 1'000'000'000},
                                                                                {"TB", 1'000'000'000'000}}};
    for (const auto& [name, factor] : kUnits) {
        std::int64_t bytes = 0;
        if (name == unit && !__builtin_mul_overflow(number, factor, &bytes))
            return bytes;
    }
    return std::nullopt;
}

} // namespace landfall

#pragma once
/// Numbers of bytes as people write them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace landfall {

/// Bytes as a plain number or with B, KiB, MiB, GiB, TiB, kB, MB, GB, TB. Nothing if it is none or too large.
std::optional<std::int64_t> parse_byte_size(std::string_view text);

} // namespace landfall

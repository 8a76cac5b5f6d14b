#include "stac/documents/etag.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::stac {

std::string change_tag(const Version& version) {
    constexpr std::size_t kCharacters = 32;
    return to_hex(sha256(fmt::format("{}\n{}\n{}", version.id, version.own, version.of_parts))).substr(0, kCharacters);
}

} // namespace landfall::stac

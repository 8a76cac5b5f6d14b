#pragma once
/// What is said of an upload when it begins, and of its parts when it ends. Contract: swisstopo.md sections 14.2, 14.6.

#include "domain/parts/assembly.hpp"
#include "stac/input/members.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::stac {

struct UploadInput {
    std::int64_t number_parts = 0;
    Json md5_parts;       ///< as given
    std::string checksum; ///< as given: a multihash of SHA-256
    std::string content_encoding;
    std::int64_t update_interval = -1;
};
/// `checksum`: the dialect's name of that member.
Result<UploadInput> read_upload(const Json& body, std::string_view checksum);
/// The MD5 (base64) of each part, by number from 1.
std::vector<std::string> md5_by_number(const Json& md5_parts);

/// The parts of a body that completes an upload of so many.
Result<std::vector<domain::ChosenPart>> read_parts(const Json& body, std::int64_t number_parts);

} // namespace landfall::stac

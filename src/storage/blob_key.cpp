#include "storage/blob_key.hpp"

#include "core/ids.hpp"

#include <algorithm>

namespace landfall::storage {
namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kLongest = 64;

bool is_key_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

} // namespace

std::string new_blob_key() {
    return ObjectId::make().str();
}

bool is_blob_key(std::string_view key) {
    return key.size() >= kShortest && key.size() <= kLongest && std::all_of(key.begin(), key.end(), is_key_character);
}

Status check_blob_key(std::string_view key) {
    if (!is_blob_key(key))
        return fail(Code::InvalidArgument, "An object key consists of 4 to 64 lower-case letters, digits and _.");
    return {};
}

std::string shard_of(std::string_view key) {
    return std::string(key.substr(key.size() - 2));
}

} // namespace landfall::storage

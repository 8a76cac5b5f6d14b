#pragma once
/// The form of a blob's key and where the local store files it.

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace landfall::storage {

/// Key of a new blob.
std::string new_blob_key();

/// Whether the text is `[a-z0-9_]{4,64}`: safe as a file name on any file system.
bool is_blob_key(std::string_view key);

/// InvalidArgument unless `key` has the form of a key.
Status check_blob_key(std::string_view key);

/// The two characters that name the key's directory: its last two, which are random in our keys.
std::string shard_of(std::string_view key);

} // namespace landfall::storage

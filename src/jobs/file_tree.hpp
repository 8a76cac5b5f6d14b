#pragma once
/// Trees of files that strangers made: as deep and as wide as they liked, with any permissions.

#include "core/descriptor.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <string>

namespace landfall::jobs {

/// The folder itself, for reading; none if it cannot be opened (see errno) or its last name is a symbolic link.
Descriptor open_folder(const std::string& path);

/// Removes what is at a path with all that is beneath it, following no symbolic link: without recursion and with two
/// descriptors, however deep it is. Internal if something stays.
Status remove_tree(const std::string& path);

/// What a folder takes from the disk.
struct TreeUsage {
    std::int64_t bytes = 0;   ///< allocated, not apparent: holes cost nothing
    std::int64_t entries = 0; ///< files and folders of any kind
};

/// What is in a folder: each file counts that has no other name elsewhere, for such were brought. Stops counting past
/// `most_entries`. Folders within it count as entries, and are not looked into: workers may make none.
TreeUsage usage_of(int folder, std::int64_t most_entries);

} // namespace landfall::jobs

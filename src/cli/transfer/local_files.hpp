#pragma once
/// The files that a command names, folders with all that lies in them.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::cli {

struct LocalFile {
    std::string path;
    std::string name;      ///< as the server shall call it
    std::int64_t size = 0; ///< bytes
};

/// Of all of them, in bytes.
std::int64_t total_size(const std::vector<LocalFile>& files);

/// In the order of the paths, those of a folder by path; hidden ones in folders are left out. Internal with a sentence
/// for what can't be read, for a folder without a file, and for two files of one name.
Result<std::vector<LocalFile>> local_files(const std::vector<std::string>& paths);

} // namespace landfall::cli

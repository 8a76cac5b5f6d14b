#pragma once
/// The files that a command names, folders with all that lies in them.

#include "cli/transfer/transfer.hpp"
#include "core/result.hpp"

#include <string>
#include <vector>

namespace landfall::cli {

/// In the order of the paths, those of a folder by path; hidden ones in folders are left out. Internal with a sentence
/// for what can't be read, for a folder without a file, and for two files of one name.
Result<std::vector<LocalFile>> local_files(const std::vector<std::string>& paths);

} // namespace landfall::cli

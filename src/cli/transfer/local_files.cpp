#include "cli/transfer/local_files.hpp"

#include "cli/terminal.hpp"
#include "cli/transfer/file_source.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace landfall::cli {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

Result<std::vector<std::string>> files_below(const std::string& folder) {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const bool hidden = is_hidden(at->path());
        if (hidden && at->is_directory(error))
            at.disable_recursion_pending();
        else if (!hidden && at->is_regular_file(error))
            found.push_back(at->path().string());
    }
    if (error)
        return fail(Code::Internal, fmt::format("The folder '{}' can't be read", printable(folder)));
    if (found.empty())
        return fail(Code::Internal, fmt::format("There is no file in '{}'", printable(folder)));
    std::ranges::sort(found);
    return found;
}

} // namespace

std::int64_t total_size(const std::vector<LocalFile>& files) {
    std::int64_t total = 0;
    for (const LocalFile& file : files)
        total += file.size;
    return total;
}

Result<std::vector<LocalFile>> local_files(const std::vector<std::string>& paths) {
    std::vector<std::string> all;
    for (const std::string& path : paths) {
        std::error_code none;
        std::vector<std::string> some{path};
        if (fs::is_directory(path, none)) {
            TRY(some, files_below(path));
        }
        std::ranges::move(some, std::back_inserter(all));
    }
    std::vector<LocalFile> files;
    std::map<std::string, std::string> seen;
    Meter unused;
    for (const std::string& path : all) {
        TRY(const auto source, FileSource::open(path, {unused}));
        std::string name = fs::path(path).filename().string();
        if (!is_utf8(name))
            return fail(Code::Internal,
                        fmt::format("The name of '{}' is no valid UTF-8; rename the file", printable(path)));
        const auto [other, is_new] = seen.emplace(name, path);
        if (!is_new)
            return fail(Code::Internal,
                        fmt::format("'{}' and '{}' would have the same name in one upload; upload them one by one",
                                    other->second, path));
        files.push_back({path, std::move(name), source->size()});
    }
    return files;
}

} // namespace landfall::cli

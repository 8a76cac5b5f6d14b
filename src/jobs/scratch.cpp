#include "jobs/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>

namespace landfall::jobs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "scratch-";

} // namespace

Result<ScratchFolder> ScratchFolder::make(const std::string& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    if (error)
        return fail_internal("cannot make " + parent + ": " + error.message());
    // Absolute, because a worker changes its working directory before it opens the folder's files.
    const fs::path absolute = fs::absolute(parent, error);
    std::string name = (absolute / (std::string(kPrefix) + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        return fail_internal("cannot make a folder in " + parent + ": " + std::strerror(errno));
    return ScratchFolder(std::move(name));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored; // what stays is removed at the next start
    if (!path_.empty())
        fs::remove_all(path_, ignored);
}

Result<int> remove_stale_scratch(const std::string& parent) {
    std::error_code error;
    fs::directory_iterator entries(parent, error);
    if (error == std::errc::no_such_file_or_directory)
        return 0;
    int removed = 0;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        if (!entries->path().filename().string().starts_with(kPrefix))
            continue;
        std::error_code ignored;
        fs::remove_all(entries->path(), ignored); // unlinks a symbolic link itself
        removed += ignored ? 0 : 1;
    }
    if (error)
        return fail_internal("cannot list " + parent + ": " + error.message());
    return removed;
}

} // namespace landfall::jobs

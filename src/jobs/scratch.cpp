#include "jobs/scratch.hpp"

#include "core/text.hpp"
#include "jobs/file_tree.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace landfall::jobs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "scratch-";

tl::unexpected<Error> unusable(const std::string& folder, int error) {
    if (error == ENOSPC || error == EDQUOT)
        return fail(Code::Unavailable,
                    fmt::format("The disk of the folder for temporary files, {}, is full; free some space", folder));
    return fail(Code::Unavailable,
                fmt::format("The folder for temporary files, {}, cannot be used: {}. Let the user that runs landfall "
                            "write to it",
                            folder, std::generic_category().message(error)));
}

} // namespace

Result<ScratchFolder> ScratchFolder::make(const std::string& parent) {
    std::error_code error;
    fs::create_directories(parent, error);
    if (error)
        return unusable(parent, error.value());
    // Absolute, because a worker changes its working directory before it opens the folder's files.
    const fs::path absolute = fs::absolute(parent, error);
    std::string name = (absolute / (std::string(kPrefix) + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        return unusable(parent, errno);
    Descriptor folder = open_folder(name);
    if (!folder)
        return fail_internal("cannot open " + name + ": " + std::generic_category().message(errno));
    return ScratchFolder(std::move(name), std::move(folder));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), folder_(std::move(other.folder_)) {}

ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(folder_, other.folder_);
    return *this;
}

ScratchFolder::~ScratchFolder() {
    if (!path_.empty())
        (void)remove_tree(path_); // what stays is removed at the next start
}

Status ScratchFolder::write(std::string_view name, std::string_view bytes) const {
    std::ofstream out(file(name), std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    return out ? Status() : fail_internal(fmt::format("the file {} can't be written for a worker", name));
}

Result<Descriptor> ScratchFolder::open_made(std::string_view name, std::int64_t max_bytes) const {
    if (!is_plain_file_name(name)) // so it has no separator, and is beneath the folder
        return fail_internal("a worker's file has no plain name");
    // A pipe in place of a file would keep its reader waiting.
    Descriptor file(::openat(folder_.get(), std::string(name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file)
        return fail_internal(
            fmt::format("a worker's file {} cannot be opened: {}", name, std::generic_category().message(errno)));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return fail_internal(fmt::format("a worker's file {} is no regular file", name));
    if (status.st_size > max_bytes)
        return fail_internal(
            fmt::format("a worker's file {} has {} bytes, {} are allowed", name, status.st_size, max_bytes));
    return file;
}

Result<std::string> ScratchFolder::read_made(std::string_view name, std::int64_t max_bytes) const {
    TRY(const Descriptor file, open_made(name, max_bytes));
    std::string bytes;
    std::array<char, 65'536> buffer{};
    for (ssize_t got = 1; got > 0;) {
        got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 || static_cast<std::int64_t>(bytes.size()) + got > max_bytes)
            return fail_internal(fmt::format("a worker's file {} can't be read, or grew", name));
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return bytes;
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
        removed += remove_tree(entries->path().string()) ? 1 : 0;
    }
    if (error)
        return fail_internal("cannot list " + parent + ": " + error.message());
    return removed;
}

} // namespace landfall::jobs

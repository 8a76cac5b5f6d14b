#include "app/scratch_root.hpp"

#include "jobs/scratch.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace landfall::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockSuffix = ".lock";
constexpr int kMostTries = 100;

auto refused(const std::string& what, int error) {
    return fail(Code::Unavailable, "The folder for temporary files cannot be used: " + what + ": " +
                                       std::generic_category().message(error) +
                                       ". Let the user that runs landfall write to it");
}

/// Locks the file at the path; false if somebody else has, or has removed it meanwhile.
bool lock_file(const Descriptor& file, const fs::path& path) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return false;
    struct stat locked{}, named{};
    return ::fstat(file.get(), &locked) == 0 && ::lstat(path.c_str(), &named) == 0 && locked.st_dev == named.st_dev &&
           locked.st_ino == named.st_ino;
}

/// Removes the root whose lock is free.
void remove_if_abandoned(const fs::path& lock_path) {
    const Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!lock || !lock_file(lock, lock_path))
        return;
    fs::path root = lock_path;
    root.replace_extension();
    (void)jobs::remove_stale_scratch(root.string()); // what cannot be removed now is tried again at the next start
    std::error_code ignored;
    fs::remove(root, ignored);
    fs::remove(lock_path, ignored);
}

} // namespace

Result<ScratchRoot> ScratchRoot::claim(const std::string& parent, const std::function<std::string()>& new_name) {
    std::error_code error;
    fs::create_directories(parent, error);
    if (error)
        return refused(parent, error.value());
    for (const auto& entry : fs::directory_iterator(parent, error))
        if (entry.path().extension() == kLockSuffix)
            remove_if_abandoned(entry.path());
    for (int i = 0; i < kMostTries; ++i) {
        const std::string path = parent + "/" + new_name();
        const std::string lock_path = path + std::string(kLockSuffix);
        Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!lock)
            return refused(lock_path, errno);
        if (!lock_file(lock, lock_path))
            continue; // somebody who cleans up saw it before it was locked
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
            return refused(path, errno);
        return ScratchRoot(path, std::move(lock));
    }
    return refused(parent, EBUSY);
}

ScratchRoot::~ScratchRoot() {
    if (!lock_)
        return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    fs::remove(path_ + std::string(kLockSuffix), ignored);
}

} // namespace landfall::app

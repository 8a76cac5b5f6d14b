#include "jobs/file_tree.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace landfall::jobs {
namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr std::int64_t kBlockBytes = 512; // of st_blocks, whatever the file system's own are

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

/// Calls `visit` with the name of each entry until it answers false.
template<typename Visit>
void each_entry(int folder, Visit visit) {
    // Of its own, so that reading it again begins anew.
    const int own = ::openat(folder, ".", kFolder);
    const std::unique_ptr<DIR, CloseFolder> entries(own < 0 ? nullptr : ::fdopendir(own));
    while (const dirent* entry = entries ? ::readdir(entries.get()) : nullptr) { // NOLINT(concurrency-mt-unsafe)
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !visit(entry->d_name))
            return;
    }
}

/// Empties a folder by bringing what its folders hold up into itself, again and again: so no path grows.
class Emptying {
public:
    explicit Emptying(int top) : top_(top) {}

    bool run() {
        do {
            moved_ = false;
            each_entry(top_, [this](const char* name) {
                take(name);
                return true;
            });
        } while (moved_);
        return !stuck_;
    }

private:
    void take(const char* name) {
        if (::unlinkat(top_, name, 0) == 0 || ::unlinkat(top_, name, AT_REMOVEDIR) == 0)
            return;
        Descriptor inner(::openat(top_, name, kFolder));
        if (!inner && errno == EACCES && ::fchmodat(top_, name, S_IRWXU, 0) == 0)
            inner = Descriptor(::openat(top_, name, kFolder));
        if (!inner) {
            stuck_ = true;
            return;
        }
        ::fchmod(inner.get(), S_IRWXU);
        each_entry(inner.get(), [&](const char* entry) {
            bring_up(inner.get(), entry);
            return true;
        });
        if (::unlinkat(top_, name, AT_REMOVEDIR) != 0)
            stuck_ = true;
    }

    /// What it cannot move keeps its folder, and that is noticed.
    void bring_up(int inner, const char* entry) {
        if (::unlinkat(inner, entry, 0) == 0 || ::unlinkat(inner, entry, AT_REMOVEDIR) == 0)
            return;
        // A folder that may not be written cannot get another parent.
        if (::fchmodat(inner, entry, S_IRWXU, 0) != 0)
            return;
        for (int tries = 0; tries < 1000; ++tries) {
            const std::string fresh = "up-" + std::to_string(++number_);
            if (::renameat2(inner, entry, top_, fresh.c_str(), RENAME_NOREPLACE) == 0) {
                moved_ = true;
                return;
            }
            if (errno != EEXIST)
                return;
        }
    }

    int top_;
    std::uint64_t number_ = 0;
    bool moved_ = false; ///< folders that have yet to be emptied lie at the top
    bool stuck_ = false;
};

} // namespace

Descriptor open_folder(const std::string& path) {
    return Descriptor(::open(path.c_str(), kFolder));
}

Status remove_tree(const std::string& path) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT)
        return {};
    const Descriptor top = open_folder(path);
    if (top && Emptying(top.get()).run() && ::rmdir(path.c_str()) == 0)
        return {};
    return fail_internal("cannot remove " + path + ": " + std::generic_category().message(errno));
}

TreeUsage usage_of(int folder, std::int64_t most_entries) {
    TreeUsage usage;
    each_entry(folder, [&](const char* name) {
        struct stat status{};
        if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            usage.bytes += status.st_blocks * kBlockBytes;
        return ++usage.entries <= most_entries;
    });
    return usage;
}

} // namespace landfall::jobs

#include "storage/directory_sync.hpp"

#include "core/descriptor.hpp"
#include "core/mutex.hpp"
#include "storage/file_io.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>

namespace landfall::storage {
namespace {

/// The callers that share one fsync, and what came of it.
struct Batch {
    std::optional<Status> outcome;
};

} // namespace

struct DirectorySync::Directory {
    Mutex mutex;
    Condition changed;
    std::shared_ptr<Batch> next GUARDED_BY(mutex); ///< not begun yet
    bool running GUARDED_BY(mutex) = false;
};

std::shared_ptr<DirectorySync::Directory> DirectorySync::find(const std::string& name) {
    const Lock lock(mutex_);
    auto& directory = directories_[name];
    if (!directory)
        directory = std::make_shared<Directory>();
    return directory;
}

Status DirectorySync::sync_now(const std::string& name) const {
    const Descriptor handle(::openat(root_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!handle)
        return fail(store_failure(errno, "open directory " + name));
    return sync_file(handle.get());
}

Status DirectorySync::sync(const std::string& name) {
    const auto directory = find(name);
    const Lock lock(directory->mutex);
    if (!directory->next)
        directory->next = std::make_shared<Batch>();
    const auto mine = directory->next;
    while (!mine->outcome && directory->running)
        directory->changed.wait(directory->mutex);
    if (mine->outcome)
        return *mine->outcome;
    directory->running = true;
    directory->next.reset();
    Status outcome;
    {
        const Unlock meanwhile(directory->mutex);
        outcome = sync_now(name);
    }
    directory->running = false;
    mine->outcome = outcome;
    directory->changed.notify_all();
    return outcome;
}

} // namespace landfall::storage

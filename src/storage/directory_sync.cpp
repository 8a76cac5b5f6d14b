#include "storage/directory_sync.hpp"

#include "core/descriptor.hpp"
#include "storage/file_io.hpp"

#include <cerrno>
#include <condition_variable>
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
    std::mutex mutex;
    std::condition_variable changed;
    std::shared_ptr<Batch> next; // guarded by mutex: not begun yet
    bool running = false;        // guarded by mutex
};

std::shared_ptr<DirectorySync::Directory> DirectorySync::find(const std::string& name) {
    const std::lock_guard lock(mutex_);
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
    std::unique_lock lock(directory->mutex);
    if (!directory->next)
        directory->next = std::make_shared<Batch>();
    const auto mine = directory->next;
    directory->changed.wait(lock, [&] { return mine->outcome || !directory->running; });
    if (mine->outcome)
        return *mine->outcome;
    directory->running = true;
    directory->next.reset();
    lock.unlock();
    auto outcome = sync_now(name);
    lock.lock();
    directory->running = false;
    mine->outcome = outcome;
    directory->changed.notify_all();
    return outcome;
}

} // namespace landfall::storage

#pragma once
/// fsync of directories, shared by callers that come at the same time.

#include "core/mutex.hpp"
#include "core/result.hpp"

#include <map>
#include <memory>
#include <string>

namespace landfall::storage {

/// Makes new names durable. Thread-safe.
class DirectorySync {
public:
    /// `root` is the descriptor of the directory that holds the others; it must stay open.
    explicit DirectorySync(int root) : root_(root) {}

    /// Every name that was put into or taken out of `name` before the call is durable on return. Calls that arrive
    /// while an fsync of the directory runs share the next one.
    Status sync(const std::string& name);

private:
    struct Directory;
    std::shared_ptr<Directory> find(const std::string& name);
    Status sync_now(const std::string& name) const;

    int root_;
    Mutex mutex_;
    std::map<std::string, std::shared_ptr<Directory>> directories_ GUARDED_BY(mutex_);
};

} // namespace landfall::storage

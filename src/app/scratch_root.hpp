#pragma once
/// The folder of this process's private folders. Servers and workers may share one data folder, so each has a root of
/// its own under a lock, and cleans up only after those whose lock nobody holds.

#include "core/descriptor.hpp"
#include "core/result.hpp"

#include <functional>
#include <string>

namespace landfall::app {

class ScratchRoot {
public:
    /// Makes a folder in `parent` with its lock, and removes the roots of processes that are gone. `new_name` gives a
    /// name that nobody else uses, another one at each call. Unavailable if the disk refuses.
    static Result<ScratchRoot> claim(const std::string& parent, const std::function<std::string()>& new_name);
    ScratchRoot(ScratchRoot&&) = default;
    ScratchRoot& operator=(ScratchRoot&&) = default;
    ~ScratchRoot();

    const std::string& path() const { return path_; }

private:
    ScratchRoot(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

    std::string path_;
    Descriptor lock_; // held while the process lives; the kernel lets go of it at any end
};

} // namespace landfall::app

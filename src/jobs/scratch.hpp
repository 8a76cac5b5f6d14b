#pragma once
/// Private folders for sandboxed work.

#include "core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace landfall::jobs {

/// A fresh folder, readable by this user only, removed with all it holds when this goes. Movable.
class ScratchFolder {
public:
    /// Makes a folder inside `parent`, which is made if missing. Internal if the disk refuses.
    static Result<ScratchFolder> make(const std::string& parent);
    ScratchFolder(ScratchFolder&& other) noexcept;
    ScratchFolder& operator=(ScratchFolder&& other) noexcept;
    ~ScratchFolder();

    const std::string& path() const { return path_; }
    /// The path of a file in it; `name` is ours, never a user's.
    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/// Removes the scratch folders that an earlier run left in `parent`, never following a symbolic link out of it.
/// Call it at the start, before any ScratchFolder is made there. Gives how many were removed.
Result<int> remove_stale_scratch(const std::string& parent);

} // namespace landfall::jobs

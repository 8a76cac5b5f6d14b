#pragma once
/// Private folders for sandboxed work.

#include "core/descriptor.hpp"
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
    /// The path of a file in it; `name` is ours, never a user's nor a worker's.
    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    /// Puts a file there for a worker; `name` is ours. Internal if the disk refuses.
    Status write(std::string_view name, std::string_view bytes) const;
    /// Opens for reading what a worker says that it made here, however it was taken over: Internal unless `name` is a
    /// plain one that leads, over no link, to a regular file of the folder itself with at most `max_bytes`.
    Result<Descriptor> open_made(std::string_view name, std::int64_t max_bytes) const;
    /// The bytes of such a file.
    Result<std::string> read_made(std::string_view name, std::int64_t max_bytes) const;

private:
    ScratchFolder(std::string path, Descriptor folder) : path_(std::move(path)), folder_(std::move(folder)) {}

    std::string path_;
    Descriptor folder_; ///< whatever is put in its place
};

/// Removes the scratch folders that an earlier run left in `parent`, never following a symbolic link out of it.
/// Call it at the start, before any ScratchFolder is made there. Gives how many were removed.
Result<int> remove_stale_scratch(const std::string& parent);

} // namespace landfall::jobs

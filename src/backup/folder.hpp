#pragma once
/// The folder of a backup: its files, which are ours alone to read, and the objects, filed as a local store files them.
/// Nothing in it is trusted: no link is followed, and only plain files are opened.

#include "core/descriptor.hpp"
#include "core/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::backup {

/// Thread-safe, but for `lock`.
class Folder {
public:
    /// To write into: made where it is missing, mode 0700. Conflict if it holds other things than a backup, or another
    /// program writes to it.
    static Result<Folder> begin(const std::string& path);
    /// To read from. NotFound if there is none.
    static Result<Folder> open(const std::string& path);

    std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
    const std::string& path() const { return path_; }

    /// For reading. NotFound if it is missing, Conflict if it is no plain file.
    Result<Descriptor> open_file(const std::string& name) const;
    /// An empty file, mode 0600, in place of any that is there.
    Result<Descriptor> create_file(const std::string& name) const;
    Status rename_file(const std::string& from, const std::string& to) const;
    /// What is not there is no failure.
    Status remove_file(const std::string& name) const;
    Result<std::vector<std::string>> file_names() const;

    /// As `open_file`, by the key of the blob, which must have the form of one.
    Result<Descriptor> open_object(const std::string& key) const;
    /// An empty file that is to be the object, once `publish_object` gives it its name.
    Result<Descriptor> create_object(const std::string& key) const;
    Status publish_object(const std::string& key) const;
    /// Removes every object, and what is left of unfinished ones, whose file name is not kept.
    Status remove_objects(const std::function<bool(const std::string& name)>& kept) const;

    /// Everything that was written is on the disk on return.
    Status sync() const;

private:
    Folder(std::string path, Descriptor root) : path_(std::move(path)), root_(std::move(root)) {}
    Status lock();
    Result<Descriptor> open_shard(const std::string& key) const;
    Result<Descriptor> open_in(int directory, const std::string& name) const;
    Result<Descriptor> create_in(int directory, const std::string& name) const;
    tl::unexpected<Error> failed(std::string_view doing) const;

    std::string path_;
    Descriptor root_;
    Descriptor lock_; ///< held by whoever writes
};

} // namespace landfall::backup

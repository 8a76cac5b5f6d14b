#pragma once
/// The directory of a local store: `<last two characters of the key>/<key>` for blobs, `tmp/<key>` for those still
/// being written. Whoever writes a blob holds flock on its file, so that every process can tell.

#include "core/descriptor.hpp"
#include "storage/directory_sync.hpp"
#include "storage/object_store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace landfall::storage {

/// Names and locks of a local store; knows nothing of content. Thread-safe. Keys must have the form of keys.
class LocalDirectory {
public:
    /// Creates what is missing. Unavailable if that fails or nothing can be written.
    static Result<std::unique_ptr<LocalDirectory>> open(const std::string& path);

    /// A new, locked, empty file `tmp/<key>`. Conflict if the key is taken or being written.
    Result<Descriptor> create_unfinished(const std::string& key) const;
    /// Gives the unfinished file its blob's name, durably. Conflict if the key is taken.
    Status publish(const std::string& key);
    /// The same for a file of another directory of this store.
    Status publish_from(int directory, const std::string& name, const std::string& key);
    /// Takes an unfinished file away, if it is there; only for the one that holds its lock.
    void discard_unfinished(const std::string& key) const;

    /// A directory beside those of blobs, made if missing. `name` is longer than two characters and not `tmp`.
    Result<Descriptor> open_own(const std::string& name) const;

    /// The blob's file, for reading. NotFound if there is none.
    Result<Descriptor> open_blob(const std::string& key) const;
    /// Whether a hard link to the blob could be made at `path`. Conflict if `path` exists, NotFound without a blob.
    Result<bool> link_out(const std::string& key, const std::string& path) const;
    /// Removes the blob, and what a writer that is gone has left of it. Conflict while it is being written.
    Status remove(const std::string& key) const;
    Status list(const std::function<void(const BlobEntry&)>& visit) const;

private:
    LocalDirectory(Descriptor root, Descriptor unfinished);

    Result<Descriptor> open_shard(const std::string& name) const;
    Status make_shard(const std::string& name);
    /// From another name to its blob's: 0 or the system's error number.
    int rename_in(int directory, const std::string& name, const std::string& key) const;
    Result<bool> remove_leftover(const std::string& key) const;
    Status list_one(const std::string& directory, const std::function<void(const BlobEntry&)>& visit) const;

    Descriptor root_;
    Descriptor unfinished_;
    DirectorySync shards_;
};

} // namespace landfall::storage

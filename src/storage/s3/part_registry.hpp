#pragma once
/// What is kept in an S3 store of uploads of parts beside the store's own parts, for every server to see: which upload
/// of the store a key has, and the digests of each part, which the store's ETag need not tell.

#include "storage/part_store.hpp"
#include "storage/s3/multipart.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// A part with what the store calls it.
struct RegisteredPart {
    PartInfo info;
    std::string etag; ///< opaque
};

/// Under the key's folder: `upload` names the upload; each part is an empty object whose name holds its digests and
/// ETag, so that a listing tells them all; `sealed` lists the parts that there were when they were put together.
/// Thread-safe.
class PartRegistry {
public:
    explicit PartRegistry(std::shared_ptr<S3Shared> shared) : shared_(std::move(shared)) {}

    /// Makes the key's upload known. Conflict if it has one.
    Status add(std::string_view key, const Multipart& upload);
    /// NotFound if the key has none. May be what it was a moment ago.
    Result<Multipart> find(std::string_view key);
    /// Keeps the digests of a part that the store has or is about to have: only what it has counts.
    Status announce(std::string_view key, const RegisteredPart& part);
    /// What the store has as parts of the upload, or had when they were put together, by number.
    Result<std::vector<RegisteredPart>> parts(std::string_view key, const Multipart& upload) const;
    /// Keeps the list of all parts; again: takes the place of the earlier one.
    Status seal(std::string_view key, const std::vector<RegisteredPart>& parts);
    /// Removes all that is kept of the key.
    Status remove(std::string_view key);
    /// Forgets what it knows of the key without asking.
    void forget(std::string_view key);

    /// An upload of parts, by what is kept of it.
    struct Known {
        std::string key;
        std::chrono::seconds age{0}; ///< since the last part
    };
    Result<std::vector<Known>> all() const;

private:
    Result<std::vector<RegisteredPart>> listed(std::string_view key) const;
    Result<std::vector<RegisteredPart>> sealed(std::string_view key) const;

    std::shared_ptr<S3Shared> shared_;
    Mutex mutex_;
    std::map<std::string, Multipart, std::less<>> known_ GUARDED_BY(mutex_); ///< of uploads of late
};

/// The name of a part's record, and back; nothing for a name that is none.
std::string part_record_name(const RegisteredPart& part);
std::optional<RegisteredPart> read_part_record(std::string_view name);

} // namespace landfall::storage

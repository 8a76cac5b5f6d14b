#pragma once
/// A file of an upload session that is sent in parts: which are there, where the others go.

#include "cli/api.hpp"
#include "cli/transfer/file_source.hpp"
#include "core/mutex.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace landfall::cli {

/// Whole files up to this size are sent in one go unless another size of parts is asked for.
inline constexpr std::int64_t kUsualPart = 8LL << 20; ///< bytes

/// Thread-safe.
class PartFile {
public:
    PartFile(std::string id, std::int64_t part_size, std::int64_t size)
        : id_(std::move(id)), part_size_(part_size), size_(size) {}

    /// How many parts the file has.
    int count() const;
    FileRange range(int number) const;
    /// Those that are still to be sent.
    std::vector<int> missing() const;
    /// Bytes of those that are there.
    std::int64_t present_bytes() const;

    /// A part is stored. True if it was the last one that was missing.
    bool stored(int number, std::string etag);
    /// Where a part goes; signs the next ones with it. Internal if the server gives no usable URL.
    Result<std::string> url(int number, Api& api);
    /// A URL does not hold any more.
    void forget_url(int number);
    /// Puts the parts together at the server, by the digests under which they were stored.
    Status complete(Api& api) const;

private:
    const std::string id_;
    const std::int64_t part_size_;
    const std::int64_t size_;
    mutable Mutex mutex_;
    std::map<int, std::string> etags_ GUARDED_BY(mutex_); ///< of stored parts
    std::map<int, std::string> urls_ GUARDED_BY(mutex_);
};

/// What is asked of a file in parts.
struct PartsWanted {
    std::string upload_id;
    std::string path;
    std::string name; ///< in the session
    std::int64_t size = 0;
    std::optional<std::int64_t> part_size;
};
/// Begins a file in parts, or finds it begun, and asks what is there. Parts whose digest is not that of the local file
/// count as missing.
Result<std::shared_ptr<PartFile>> begin_in_parts(Api& api, const PartsWanted& wanted);

} // namespace landfall::cli

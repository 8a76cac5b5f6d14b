#pragma once
/// A file that is sent in one part or several: which are there, where the others go.

#include "cli/transfer/file_source.hpp"
#include "core/mutex.hpp"
#include "outbound/http_client.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace landfall::cli {

/// Files up to this size are sent in one part unless another size of parts is asked for.
inline constexpr std::int64_t kUsualPart = 8LL << 20; ///< bytes

/// The client of a thread.
using SharedClient = std::shared_ptr<outbound::HttpClient>;

/// Where a part goes, by PUT, and what is said with it.
struct PartAddress {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Thread-safe.
class PartFile {
public:
    PartFile(std::int64_t part_size, std::int64_t size) : part_size_(part_size), size_(size) {}
    virtual ~PartFile() = default;
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    /// How many parts the file has; they are numbered from 1.
    int count() const;
    FileRange range(int number) const;
    /// Those that are still to be sent.
    std::vector<int> missing() const;
    /// Bytes of those that are there.
    std::int64_t present_bytes() const;

    /// A part is stored under a digest (MD5, hexadecimal). True if it was the last one that was missing.
    bool stored(int number, std::string etag);
    /// Where a part goes; asks for those of the next ones with it. Internal if the server gives no usable URL.
    Result<PartAddress> address(int number, const SharedClient& client);
    /// An address does not hold any more.
    void forget_address(int number);
    /// Puts the parts together at the server, by the digests under which they were stored.
    Status complete(const SharedClient& client) const { return complete(etags(), client); }

protected:
    using Etags = std::map<int, std::string>;
    using Addresses = std::map<int, PartAddress>;

    /// Asks for addresses of these parts; may give those of others too.
    virtual Result<Addresses> sign(const std::vector<int>& numbers, const SharedClient& client) const = 0;
    virtual Status complete(const Etags& etags, const SharedClient& client) const = 0;
    /// Known before anything is asked.
    void know(Addresses addresses);

private:
    Etags etags() const;

    const std::int64_t part_size_; ///< bytes
    const std::int64_t size_;
    mutable Mutex mutex_;
    Etags etags_ GUARDED_BY(mutex_); ///< of stored parts
    Addresses addresses_ GUARDED_BY(mutex_);
};

/// Counts the parts of a file that are there, by their digests: those whose digest is not that of the local file count
/// as missing. Internal if the local file can't be read.
Status note_stored(PartFile& file, const std::string& path, const std::map<int, std::string>& md5_by_number);

} // namespace landfall::cli

#pragma once
/// Where a download's bytes go: a `.part` file that can be continued, or a stream.

#include "cli/transfer/progress.hpp"
#include "outbound/http_client.hpp"
#include "storage/digester.hpp"

#include <memory>
#include <string>

namespace landfall::cli {

/// Receives an object in one or more pieces and hashes it on the way.
class DownloadTarget {
public:
    virtual ~DownloadTarget() = default;
    std::int64_t size() const { return size_; } ///< bytes that have arrived
    /// Appends; Internal with a sentence if the disk refuses.
    Status append(std::string_view bytes);
    /// Throws away what has arrived; Internal where that can't be done.
    Status restart();
    /// SHA-256 of what has arrived, raw.
    Result<std::string> sha256();

protected:
    explicit DownloadTarget(Meter& meter);
    virtual Status store(std::string_view bytes) = 0;
    virtual Status erase() = 0;
    /// Counts and hashes bytes that are there already.
    void take_over(std::string_view bytes);

private:
    Meter& meter_;
    storage::HashPool pool_{1};
    std::unique_ptr<storage::Digester> digester_;
    std::int64_t size_ = 0;
};

/// `FILE.part`, locked so that two downloads don't write it at once.
class PartialFile final : public DownloadTarget {
public:
    /// Opens or creates it. With `Keep` the bytes of an earlier download are hashed and kept, else they go.
    enum class Earlier { Keep, Drop };
    static Result<std::unique_ptr<PartialFile>> open(const std::string& path, Earlier earlier, Meter& meter);
    ~PartialFile() override;
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    enum class Existing { Replace, Refuse };
    /// Makes it durable and gives it its final name. Internal, with a sentence, if that name is taken and must stay.
    Status finish(const std::string& final_path, Existing existing);
    const std::string& path() const { return path_; }

protected:
    Status store(std::string_view bytes) override;
    Status erase() override;

private:
    PartialFile(std::string path, int descriptor, Meter& meter)
        : DownloadTarget(meter), path_(std::move(path)), descriptor_(descriptor) {}
    Status hash_earlier();

    std::string path_;
    int descriptor_;
};

/// Standard output: what has left can't be taken back.
class StreamTarget final : public DownloadTarget {
public:
    StreamTarget(std::FILE* stream, Meter& meter) : DownloadTarget(meter), stream_(stream) {}

protected:
    Status store(std::string_view bytes) override;
    Status erase() override;

private:
    std::FILE* stream_;
};

} // namespace landfall::cli

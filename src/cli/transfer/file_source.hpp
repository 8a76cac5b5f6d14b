#pragma once
/// A local file as the body of a request.

#include "cli/transfer/progress.hpp"
#include "outbound/http_client.hpp"

#include <memory>
#include <string>

namespace landfall::cli {

/// A file to send. Its size is fixed when it is opened: what is appended later is not sent.
class FileSource final : public outbound::BodySource {
public:
    /// Internal with a sentence unless `path` is a regular file that can be read. Bytes read are counted in `meter`,
    /// and taken back when the file is read again.
    static Result<std::unique_ptr<FileSource>> open(const std::string& path, Meter& meter);
    ~FileSource() override;
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    std::int64_t size() const override { return size_; }
    Status rewind() override;
    Result<std::size_t> read(std::span<char> buffer) override;

private:
    FileSource(std::string path, int descriptor, std::int64_t size, Meter& meter)
        : path_(std::move(path)), descriptor_(descriptor), size_(size), meter_(meter) {}

    std::string path_;
    int descriptor_;
    std::int64_t size_;
    std::int64_t sent_ = 0;
    Meter& meter_;
};

} // namespace landfall::cli

#pragma once
/// A local file, or a part of one, as the body of a request.

#include "cli/transfer/progress.hpp"
#include "cli/transfer/rate_limit.hpp"
#include "core/digest.hpp"
#include "outbound/http_client.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace landfall::cli {

/// What of a file is read.
struct FileRange {
    std::int64_t offset = 0;
    std::int64_t length = -1; ///< bytes; negative: up to the end
};

/// Who counts what is read, and how fast it may be.
struct Pace {
    Meter& meter;
    RateLimit* limit = nullptr;
    std::stop_token stop{};
};

/// A file to send. Its size is fixed when it is opened: what is appended later is not sent.
class FileSource final : public outbound::BodySource {
public:
    /// Internal with a sentence unless `path` is a regular file that can be read. Bytes read are counted by the meter,
    /// and taken back when the file is read again.
    static Result<std::unique_ptr<FileSource>> open(const std::string& path, Pace pace, FileRange range = {});
    ~FileSource() override;
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    /// Of what is sent, and of the whole file.
    std::int64_t size() const override { return size_; }
    std::int64_t file_size() const { return file_size_; }
    Status rewind() override;
    Result<std::size_t> read(std::span<char> buffer) override;
    /// Of what was read since the last rewind, hexadecimal.
    Result<std::string> md5() const;

private:
    FileSource(std::string path, int descriptor, Pace pace)
        : path_(std::move(path)), descriptor_(descriptor), pace_(std::move(pace)) {}

    std::string path_;
    int descriptor_;
    Pace pace_;
    std::int64_t file_size_ = 0;
    std::int64_t offset_ = 0;
    std::int64_t size_ = 0;
    std::int64_t sent_ = 0;
    Digest md5_{DigestKind::Md5};
};

} // namespace landfall::cli

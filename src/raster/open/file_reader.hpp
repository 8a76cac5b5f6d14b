#pragma once
/// Random access to a regular file that never reads past its end.

#include "core/result.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace landfall::raster {

/// A regular file, opened read-only without following a symbolic link. Movable; one thread at a time.
class FileReader {
public:
    /// Internal if the file cannot be opened or is not a regular file.
    static Result<FileReader> open(const std::string& path);
    FileReader(FileReader&& other) noexcept;
    FileReader& operator=(FileReader&&) = delete;
    ~FileReader();

    std::uint64_t size() const { return size_; }
    /// Fills `out` from `offset`; false if the file ends before that.
    bool read(std::uint64_t offset, std::span<std::uint8_t> out) const;
    /// Up to `count` bytes from `offset`; fewer at the file's end.
    std::string text(std::uint64_t offset, std::size_t count) const;

private:
    FileReader(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
    int descriptor_;
    std::uint64_t size_;
};

} // namespace landfall::raster

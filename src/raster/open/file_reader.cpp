#include "raster/open/file_reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::raster {

Result<FileReader> FileReader::open(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return fail_internal(fmt::format("cannot open {}: errno {}", path, errno));
    struct stat info{};
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(descriptor);
        return fail_internal(fmt::format("{} is not a regular file", path));
    }
    return FileReader(descriptor, static_cast<std::uint64_t>(info.st_size));
}

FileReader::FileReader(FileReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

FileReader::~FileReader() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

bool FileReader::read(std::uint64_t offset, std::span<std::uint8_t> out) const {
    if (offset > size_ || out.size() > size_ - offset)
        return false;
    while (!out.empty()) {
        const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out = out.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

std::string FileReader::text(std::uint64_t offset, std::size_t count) const {
    if (offset >= size_)
        return {};
    std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)), '\0');
    if (!read(offset, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()}))
        out.clear();
    return out;
}

} // namespace landfall::raster

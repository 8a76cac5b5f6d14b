#include "domain/blob_copy.hpp"

#include "domain/upload_bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace landfall::domain {

Result<HeldBlob> copy_into_store(storage::ObjectStore& store, const std::string& path) {
    constexpr std::size_t kChunk = 1 << 20;
    const storage::FileHandle file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.valid())
        return fail_internal("open " + path + ": " + std::strerror(errno));
    HeldBlob held;
    TRY(held.writer, store.create(new_blob_key()));
    std::vector<std::byte> buffer(kChunk);
    while (true) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_internal("read " + path + ": " + std::strerror(errno));
        if (got == 0)
            break;
        CHECK_OK(held.writer->write(std::span(buffer).first(static_cast<std::size_t>(got))));
    }
    TRY(held.info, held.writer->finish());
    return held;
}

} // namespace landfall::domain

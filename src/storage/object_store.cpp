#include "storage/object_store.hpp"

#include <unistd.h>
#include <utility>

namespace landfall::storage {

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    if (this != &other) {
        if (valid())
            ::close(fd_);
        fd_ = other.release();
    }
    return *this;
}

FileHandle::~FileHandle() {
    if (valid())
        ::close(fd_);
}

int FileHandle::release() {
    return std::exchange(fd_, -1);
}

} // namespace landfall::storage

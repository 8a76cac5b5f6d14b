#include "core/output.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace landfall {

void put(std::FILE* stream, std::string_view text) {
    (void)std::fwrite(text.data(), 1, text.size(), stream);
}

bool output_failed(std::FILE* stream) {
    return std::fflush(stream) != 0 || std::ferror(stream) != 0;
}

void hold_standard_descriptors() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0)
            (void)::open("/dev/null", O_RDONLY | O_NOCTTY); // takes the lowest number that is free
}

} // namespace landfall

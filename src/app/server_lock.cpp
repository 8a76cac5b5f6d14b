#include "app/server_lock.hpp"

#include "app/runtime.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>

namespace landfall::app {

Result<ServerLock> ServerLock::claim(const Config& config) {
    constexpr std::string_view kSqlite = "sqlite:";
    const std::string url = database_url(config);
    if (!url.starts_with(kSqlite))
        return ServerLock(Descriptor());
    CHECK_OK(make_folder(config.data));
    const std::string catalog = url.substr(kSqlite.size());
    const std::string path = catalog + ".server";
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
        return ServerLock(std::move(file));
    if (!file || errno != EWOULDBLOCK)
        return fail(Code::Unavailable, path + " cannot be locked: " + std::generic_category().message(errno));
    return fail(Code::Conflict, "Another landfall serve runs on " + catalog +
                                    ". Stop it, or give this one another --data; several servers need PostgreSQL");
}

} // namespace landfall::app

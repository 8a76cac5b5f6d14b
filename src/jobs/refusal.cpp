#include "jobs/refusal.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace landfall::jobs {

std::string refusal(std::string_view call, int error) {
    std::string said = fmt::format("{}: {}", call, std::generic_category().message(error));
    switch (error) {
    case EPERM:
    case ENOSYS:
        return fmt::format("{}. Allow the system call {}: in a container by its seccomp profile, under systemd by "
                           "SystemCallFilter",
                           said, call);
    case EAGAIN:
    case ENOMEM:
        return fmt::format("{}. Raise the limits of processes and memory: pids and memory of the container, TasksMax "
                           "and MemoryMax of systemd, ulimit -u",
                           said);
    default:
        return said;
    }
}

} // namespace landfall::jobs

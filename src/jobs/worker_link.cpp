#include "jobs/worker_link.hpp"

#include "jobs/refusal.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace landfall::jobs {
namespace {

constexpr std::chrono::seconds kExitGrace{2};
/// How long the launcher may take to kill and reap: long, since it may be in its warm-up on a busy machine.
constexpr std::chrono::seconds kReapPatience{30};

} // namespace

Result<WorkerLink> WorkerLink::open(const Descriptor& control, const SpawnOrder& order) {
    TRY(auto channel, connected_pair(SOCK_STREAM));
    TRY(auto status, connected_pair(SOCK_SEQPACKET));
    const std::string text = encode(order);
    if (text.size() > kMaxSpawnBytes)
        return fail_internal("a worker's folder has too long a name");
    const std::array sent{channel.second.get(), status.second.get()};
    CHECK_OK(send_datagram(control.get(), text, sent));
    WorkerLink link;
    link.channel_ = Channel(std::move(channel.first));
    link.status_ = std::move(status.first);
    return link;
}

bool WorkerLink::is_quiet() const {
    char byte = 0;
    return ::recv(channel_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

std::optional<ExitRecord> WorkerLink::finish() {
    ::shutdown(status_.get(), SHUT_WR);
    return read_record(std::chrono::steady_clock::now() + kReapPatience);
}

std::optional<ExitRecord> WorkerLink::wait_exit() {
    const auto record = read_record(std::chrono::steady_clock::now() + kExitGrace);
    return record ? record : finish();
}

std::optional<ExitRecord> WorkerLink::read_record(Deadline deadline) {
    for (;;) {
        pollfd entry{status_.get(), POLLIN, 0};
        const int ready = ::poll(&entry, 1, poll_timeout(deadline));
        if (ready < 0 && errno == EINTR)
            continue;
        ExitRecord record;
        if (ready <= 0 || ::recv(status_.get(), &record, sizeof record, MSG_DONTWAIT) != sizeof record)
            return std::nullopt;
        return record;
    }
}

std::string describe(const ExitRecord& record) {
    if (record.fork_error != 0)
        return refusal("clone", record.fork_error);
    if (WIFSIGNALED(record.wait_status))
        return fmt::format("killed by signal {}{}", WTERMSIG(record.wait_status),
                           WTERMSIG(record.wait_status) == SIGSYS ? "; a filter of system calls on this host ends "
                                                                    "processes, and the kernel's log names the call"
                                                                  : "");
    return fmt::format("exit status {}", WEXITSTATUS(record.wait_status));
}

std::optional<Error> start_failure(const ExitRecord& record) {
    const bool refused = WIFEXITED(record.wait_status) && WEXITSTATUS(record.wait_status) == kExitRefused;
    if (record.fork_error == 0 && !refused)
        return std::nullopt;
    return cannot_start(describe(record));
}

Error cannot_start(std::string cause) {
    return Error(Code::Unavailable, "The server cannot start a worker process now; try again in a moment")
        .because(std::move(cause));
}

std::optional<Error> outside_kill(const ExitRecord& record) {
    if (!WIFSIGNALED(record.wait_status) || WTERMSIG(record.wait_status) != SIGKILL || record.killed)
        return std::nullopt;
    const std::string how = describe(record) + "; the limit of memory of this host or container may be too small";
    return Error(Code::Unavailable, fmt::format("The worker on this file was {}. Try again in a moment", how))
        .because(how);
}

} // namespace landfall::jobs

#include "jobs/launcher_process.hpp"

#include "jobs/seccomp_filter.hpp"
#include "jobs/worker.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace landfall::jobs {
namespace {

constexpr int kThreadsLookedAt = 500; ///< milliseconds

struct Child {
    pid_t pid = -1;
    Descriptor status;
    bool killed = false;
    bool crowded = false;
};

std::int64_t microseconds(const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

void report(const Descriptor& status, const ExitRecord& record) {
    // Never blocks: it is the only datagram on its socket. A server that is gone needs no record.
    (void)::send(status.get(), &record, sizeof record, MSG_NOSIGNAL | MSG_DONTWAIT);
}

class LauncherProcess {
public:
    LauncherProcess(Descriptor control, WorkerProgram program, Confinement available)
        : control_(std::move(control)), program_(std::move(program)), available_(available) {}

    [[noreturn]] void run() {
        prepare();
        for (;;)
            turn();
    }

private:
    void prepare() {
        sigset_t children;
        sigemptyset(&children);
        sigaddset(&children, SIGCHLD);
        pthread_sigmask(SIG_BLOCK, &children, nullptr);
        signals_ = Descriptor(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
        if (!signals_)
            ::_exit(1);
        if (program_.warm_up)
            program_.warm_up();
    }

    void turn() {
        std::vector<pollfd> waits{{control_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
        for (const Child& child : children_)
            waits.push_back({child.killed ? -1 : child.status.get(), POLLIN | POLLRDHUP, 0});
        if (::poll(waits.data(), waits.size(), children_.empty() ? -1 : kThreadsLookedAt) < 0)
            return;
        for (Child& child : children_)
            end_if_crowded(child);
        for (std::size_t i = 0; i < children_.size(); ++i)
            if (waits[i + 2].revents != 0)
                kill_child(children_[i]);
        if (waits[1].revents != 0)
            reap();
        if (waits[0].revents != 0)
            take_order();
    }

    /// No limit of the kernel holds for threads of a user who may be root or run other programs.
    static void end_if_crowded(Child& child) {
        const std::string path = fmt::format("/proc/{}/task", child.pid);
        struct stat tasks{};
        // A link for each entry, `.`, and the name in its parent.
        if (!child.killed && ::stat(path.c_str(), &tasks) == 0 && tasks.st_nlink > kMostThreads + 2) {
            child.crowded = true;
            kill_child(child);
        }
    }

    static void kill_child(Child& child) {
        ::kill(child.pid, SIGKILL); // not reaped yet, so the number is still its own
        child.killed = true;
    }

    [[noreturn]] void finish() {
        for (Child& child : children_)
            kill_child(child);
        ::_exit(0);
    }

    void take_order() {
        auto datagram = receive_datagram(control_.get(), kMaxSpawnBytes);
        if (!datagram || datagram->bytes.empty())
            finish();
        if (datagram->descriptors.size() != 2)
            return;
        const auto order = decode_order(datagram->bytes);
        if (!order)
            return; // both descriptors close: the server sees it
        start_worker(*order, std::move(datagram->descriptors[0]), std::move(datagram->descriptors[1]));
    }

    void start_worker(const SpawnOrder& order, Descriptor channel, Descriptor status) {
        // Without one every worker refuses, and says why; what it lacked may be there the next time.
        if (available_.seccomp && !filter_)
            filter_ = compile_filter();
        const pid_t self = ::getpid();
        const pid_t pid = ::fork();
        if (pid == 0)
            run_worker(
                {&program_, available_.seccomp ? &filter_ : nullptr, available_, order, std::move(channel), self});
        if (pid < 0)
            report(status, ExitRecord{errno, 0, false, false, 0, 0});
        else
            children_.push_back({pid, std::move(status), false});
    }

    void reap() {
        signalfd_siginfo drained[16];
        while (::read(signals_.get(), drained, sizeof drained) > 0) {
        }
        int status = 0;
        rusage usage{};
        for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
            const auto child =
                std::find_if(children_.begin(), children_.end(), [&](const Child& c) { return c.pid == pid; });
            if (child == children_.end())
                continue;
            report(child->status,
                   ExitRecord{0, status, child->killed, child->crowded,
                              microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss * 1024});
            children_.erase(child);
        }
    }

    Descriptor control_;
    WorkerProgram program_;
    Confinement available_;
    Descriptor signals_;
    Result<std::string> filter_ = fail_internal("there is no filter of system calls yet");
    std::vector<Child> children_;
};

/// Holds nothing of the server but its end of the control socket and the standard streams.
Descriptor keep_only_control(Descriptor control) {
    const int high = ::fcntl(control.get(), F_DUPFD_CLOEXEC, 16);
    if (high < 0 || ::dup3(high, kControlFd, O_CLOEXEC) < 0)
        ::_exit(1);
    control.release();
    ::closefrom(kControlFd + 1);
    return Descriptor(kControlFd);
}

} // namespace

void run_launcher(Descriptor control, WorkerProgram program, Confinement available) {
    // A Ctrl-C or a stop reaches the whole group; the server decides when the launcher ends.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        std::signal(signal, SIG_IGN);
    ::prctl(PR_SET_NAME, "landfall-launch");
    forget_environment();
    LauncherProcess(keep_only_control(std::move(control)), std::move(program), available).run();
}

void become_launcher(WorkerProgram program) {
    int type = 0;
    socklen_t length = sizeof type;
    if (::getsockopt(kControlFd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_SEQPACKET)
        ::_exit(2); // not run by a server
    run_launcher(Descriptor(kControlFd), std::move(program), probe_confinement());
}

} // namespace landfall::jobs

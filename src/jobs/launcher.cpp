#include "jobs/launcher.hpp"

#include "core/text.hpp"
#include "jobs/launcher_process.hpp"
#include "jobs/refusal.hpp"
#include "jobs/scratch.hpp"
#include "jobs/task_run.hpp"

#include <cerrno>
#include <csignal>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace landfall::jobs {

void close_all(const std::vector<int>& descriptors) {
    for (const int descriptor : descriptors)
        ::close(descriptor);
}

namespace {

void reap(pid_t pid) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

/// Runs a program that finds `control` as its file kControlFd, and none of our other files.
Result<pid_t> spawn(const std::vector<std::string>& command, const Descriptor& control) {
    std::vector<char*> arguments;
    for (std::size_t i = 1; i < command.size(); ++i)
        arguments.push_back(const_cast<char*>(command[i].c_str())); // posix_spawn changes none of them
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files{};
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, control.get(), kControlFd);
    pid_t pid = -1;
    const int code = ::posix_spawn(&pid, command.front().c_str(), &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (code != 0)
        return fail(Code::Unavailable, "The launcher of workers cannot be started again: " + refusal("clone", code));
    return pid;
}

} // namespace

Launcher::Launcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Launcher::~Launcher() {
    const Lock lock(impl_->mutex);
    impl_->control.reset(); // its end of file ends the launcher, and the launcher its workers
    reap(impl_->pid);
}

Result<std::unique_ptr<Launcher>> Launcher::start(WorkerProgram program, std::vector<std::string> again) {
    TRY(auto control, connected_pair(SOCK_SEQPACKET));
    const Confinement available = probe_confinement();
    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(Code::Unavailable, "The launcher of workers cannot be started: " + refusal("clone", errno));
    if (pid == 0) {
        control.first.reset();
        // Besides the end of file, which is lost if the launcher is stopped. Not where a thread starts it that may end
        // before the server does.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_launcher(std::move(control.second), std::move(program), available);
    }
    auto impl = std::make_unique<Impl>(std::move(control.first), pid, available, std::move(again));
    return std::unique_ptr<Launcher>(new Launcher(std::move(impl)));
}

Confinement Launcher::confinement() const {
    return impl_->available;
}

bool Launcher::is_alive() const {
    siginfo_t ended{};
    const Lock lock(impl_->mutex);
    return ::waitid(P_PID, static_cast<id_t>(impl_->pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == 0;
}

Status Launcher::restart() {
    if (impl_->again.size() < 2)
        return fail(Code::Unavailable, "The launcher of workers cannot be started again");
    TRY(auto control, connected_pair(SOCK_SEQPACKET));
    TRY(const pid_t pid, spawn(impl_->again, control.second));
    const Lock lock(impl_->mutex);
    reap(std::exchange(impl_->pid, pid));
    impl_->control = std::make_shared<const Descriptor>(std::move(control.first));
    return {};
}

TaskOutcome<std::string> Launcher::run_text(std::string_view task, const std::string& folder,
                                            const std::string& arguments, const SandboxLimits& limits,
                                            const Progress& on_progress) {
    TaskOutcome<std::string> outcome;
    auto link = WorkerLink::open(*impl_->order_socket(), {WorkerKind::ForTask, std::string(task), folder, limits});
    if (link) {
        outcome = TaskRun(*std::move(link), folder, limits, on_progress).complete(arguments);
    } else {
        outcome.end = TaskEnd::NotStarted;
        outcome.answer = tl::unexpected<Error>(std::move(link).error());
    }
    impl_->count(task, outcome.end);
    return outcome;
}

Status Launcher::try_worker(const std::string& scratch) {
    const auto folder = ScratchFolder::make(scratch);
    if (!folder)
        return fail(Code::Unavailable,
                    "The workers have no folder: " + folder.error().message + " " + folder.error().cause);
    const auto outcome = run(kNothing, folder->path(), Json::object(), SandboxLimits{});
    if (outcome.answer)
        return {};
    const Error& error = outcome.answer.error();
    return fail(Code::Unavailable, "The workers do not start: " + (error.cause.empty() ? error.message : error.cause));
}

std::vector<Launcher::Tally> Launcher::tallies() const {
    std::vector<Tally> all;
    const Lock lock(impl_->mutex);
    for (const auto& [what, count] : impl_->tallies)
        all.push_back({what.first, what.second, count});
    return all;
}

std::uint64_t Launcher::not_started() const {
    return impl_->not_started;
}

Status Launcher::self_test(const std::string& scratch) {
    TRY(const ScratchFolder folder, ScratchFolder::make(scratch));
    const auto outcome = run(kSelfTest, folder.path(), Json::object(), SandboxLimits{});
    if (!outcome.answer)
        return fail(Error(Code::Internal, "The sandbox test did not finish: " + outcome.answer.error().message)
                        .because(outcome.answer.error().cause));
    std::string escapes;
    for (const Json& escape : outcome.answer->items())
        escapes += (escapes.empty() ? "" : ", ") + clean_utf8(escape.as_view(), 200);
    if (!escapes.empty())
        return fail(Code::Internal, "A sandboxed process is not confined: " + escapes);
    return {};
}

} // namespace landfall::jobs

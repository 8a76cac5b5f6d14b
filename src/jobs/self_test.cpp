#include "jobs/self_test.hpp"

#include "core/descriptor.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace landfall::jobs {
namespace {

constexpr int kChannelFd = 3;

bool can_open(const char* path, int flags) {
    return static_cast<bool>(Descriptor(::open(path, flags | O_CLOEXEC, 0600)));
}

bool can_write_beside(const std::string& folder) {
    const std::string beside = folder + "-escaped";
    const bool written = can_open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL);
    if (written)
        ::unlink(beside.c_str());
    return written;
}

bool can_open_socket(int family, int type) {
    return static_cast<bool>(Descriptor(::socket(family, type, 0)));
}

/// Data that arrives at such a socket would send the signal.
bool can_aim_a_signal(int socket, pid_t at) {
    return ::fcntl(socket, F_SETOWN, at) == 0;
}

bool can_fork() {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    if (child > 0)
        ::waitpid(child, nullptr, 0);
    return child > 0;
}

/// A success ends this program without an answer, which the server reports as a failed test.
bool can_execute() {
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    char* environment[] = {nullptr};
    ::execve(name, arguments, environment);
    return false;
}

bool can_call(long number) {
    return ::syscall(number, 0, 0, 0, 0, 0, 0) >= 0 || (errno != EPERM && errno != ENOSYS);
}

#ifndef LANDFALL_SANITIZED
bool can_make_code() {
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return false;
    ::munmap(page, 4096);
    return true;
}
#endif

} // namespace

Result<std::string> try_to_escape(const std::string& folder, const Json&, const Progress&) {
    Json escapes = Json::array();
    const auto attempt = [&](const char* sentence, bool succeeded) {
        if (succeeded)
            escapes.push(Json(sentence));
    };
    attempt("it could read /etc/passwd", can_open("/etc/passwd", O_RDONLY));
    attempt("it could read /proc/self/environ", can_open("/proc/self/environ", O_RDONLY));
    attempt("it could list /", can_open("/", O_RDONLY | O_DIRECTORY));
    attempt("it could write outside its folder", can_write_beside(folder));
    attempt("it could open an Internet socket", can_open_socket(AF_INET, SOCK_STREAM));
    attempt("it could open a local socket", can_open_socket(AF_UNIX, SOCK_STREAM));
    attempt("it could signal its parent", ::kill(::getppid(), 0) == 0);
    attempt("it could have its parent signalled", can_aim_a_signal(kChannelFd, ::getppid()));
    attempt("it could truncate files by name", can_call(SYS_truncate));
    attempt("it could change the times of files", can_call(SYS_utimensat));
    attempt("it could start a process", can_fork());
    attempt("it could make a symbolic link", ::symlink("/etc", (folder + "/link").c_str()) == 0);
    attempt("it could use ptrace", can_call(SYS_ptrace));
    attempt("it could use io_uring", can_call(SYS_io_uring_setup));
    attempt("it could use userfaultfd", can_call(SYS_userfaultfd));
    attempt("it could load a BPF program", can_call(SYS_bpf));
    attempt("it could make a name space", ::syscall(SYS_unshare, 0x10000000) == 0);
#ifndef LANDFALL_SANITIZED
    attempt("it could make new machine code", can_make_code());
#endif
    attempt("it could start a program", can_execute());
    return escapes.dump();
}

} // namespace landfall::jobs

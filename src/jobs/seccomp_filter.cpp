#include "jobs/seccomp_filter.hpp"

#include "core/descriptor.hpp"
#include "jobs/refusal.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <memory>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

// NOLINTBEGIN(concurrency-mt-unsafe): launcher and workers have one thread when they come here
namespace landfall::jobs {
namespace {

#ifdef LANDFALL_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// By name: one that an architecture or an older libseccomp does not know is skipped.
constexpr std::array kAllowed{
    // data of open files
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev", "pwritev2", "lseek",
    "_llseek", "readahead", "fadvise64", "sync_file_range", "fsync", "fdatasync", "ftruncate", "ftruncate64",
    "fallocate", "copy_file_range", "sendfile", "flock", "close", "close_range", "dup", "dup2", "dup3", "pipe", "pipe2",
    // the file tree, as far as Landlock lets it be seen; not what it never asks about, such as times, nor truncate,
    // which
    // kernels before 6.2 let pass
    "open", "openat", "stat", "fstat", "lstat", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "access",
    "faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "unlink", "unlinkat",
    "rename", "renameat", "renameat2", "umask",
    // memory
    "brk", "munmap", "mremap", "madvise", "mincore", "msync", "membarrier",
    // threads, signals to handlers
    "futex", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "exit", "exit_group",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "sigaltstack", "restart_syscall", "sched_yield",
    "sched_getaffinity", "getcpu",
    // what one may know
    "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrandom", "clock_gettime",
    "clock_getres", "gettimeofday", "time", "nanosleep", "clock_nanosleep", "times", "getrusage", "getrlimit",
    "sysinfo", "uname",
    // the one socket it holds
    "poll", "ppoll", "select", "pselect6", "sendto", "sendmsg", "recvfrom", "recvmsg"};

// No others: a descriptor that sends signals (F_SETOWN, F_SETSIG) would be a kill of any process of the same user.
constexpr std::array kFileCommands{F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD,  F_SETFD,     F_GETFL,     F_SETFL,
                                   F_GETLK, F_SETLK,         F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW};
constexpr scmp_datum_t kLowHalf = 0xffff'ffff; // the kernel reads no more of a command

constexpr unsigned kNeverExecutable = 8; ///< MFD_NOEXEC_SEAL, which older headers do not know

/// A file in memory; where the system wants it so, one that can never be executed.
Descriptor memory_file() {
    Descriptor file(::memfd_create("filter", MFD_CLOEXEC | kNeverExecutable));
    if (!file && errno == EINVAL) // before Linux 6.3
        file = Descriptor(::memfd_create("filter", MFD_CLOEXEC));
    return file;
}

constexpr std::array kSanitizerNeeds{"mmap", "mprotect", "prctl", "tgkill", "prlimit64"};

class Builder {
public:
    Builder() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release) {}

    void allow(const char* name) { add(SCMP_ACT_ALLOW, name, {}); }
    void allow_if(const char* name, std::vector<scmp_arg_cmp> conditions) {
        add(SCMP_ACT_ALLOW, name, std::move(conditions));
    }
    void answer(const char* name, int error) { add(SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), name, {}); }

    Result<std::string> compile() {
        // A search tree instead of a list: the filter runs on every call.
        if (error_ == 0)
            error_ = seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
        const Descriptor file = memory_file();
        if (!file)
            return fail_internal(refusal("memfd_create", errno));
        if (error_ == 0)
            error_ = seccomp_export_bpf(context_.get(), file.get());
        std::string program;
        if (error_ == 0) {
            program.resize(static_cast<std::size_t>(std::max<off_t>(::lseek(file.get(), 0, SEEK_END), 0)));
            if (::pread(file.get(), program.data(), program.size(), 0) != static_cast<ssize_t>(program.size()))
                error_ = -EIO;
        }
        if (error_ != 0)
            return fail_internal("seccomp: " + std::generic_category().message(-error_));
        return program;
    }

private:
    void add(std::uint32_t action, const char* name, std::vector<scmp_arg_cmp> conditions) {
        const int number = seccomp_syscall_resolve_name(name);
        if (context_ == nullptr || error_ != 0)
            error_ = error_ != 0 ? error_ : -ENOMEM;
        else if (number >= 0)
            error_ = seccomp_rule_add_array(context_.get(), action, number, static_cast<unsigned>(conditions.size()),
                                            conditions.data());
    }

    std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
    int error_ = 0;
};

} // namespace

bool has_seccomp() {
    const std::uint32_t action = SCMP_ACT_ERRNO(0);
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Result<std::string> compile_filter() {
    Builder filter;
    for (const char* name : kAllowed)
        filter.allow(name);
    for (const char* name : {"fcntl", "fcntl64"})
        for (const int command : kFileCommands)
            filter.allow_if(name, {SCMP_A1(SCMP_CMP_MASKED_EQ, kLowHalf, static_cast<scmp_datum_t>(command))});
    filter.answer("clone3", ENOSYS);
    filter.allow_if("clone", {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
    if constexpr (kSanitized) {
        for (const char* name : kSanitizerNeeds)
            filter.allow(name);
        return filter.compile();
    }
    for (const char* name : {"mmap", "mmap2", "mprotect"})
        filter.allow_if(name, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
    filter.allow_if("prctl", {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
    filter.allow_if("prlimit64", {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)}); // reading its own limits
    return filter.compile();
}

Status apply_filter(const std::string& program) {
    // The kernel wants aligned instructions; a std::string promises no alignment.
    std::vector<sock_filter> instructions(program.size() / sizeof(sock_filter));
    if (instructions.empty())
        return fail_internal("seccomp: empty filter");
    std::memcpy(instructions.data(), program.data(), instructions.size() * sizeof(sock_filter));
    const sock_fprog filter{static_cast<unsigned short>(instructions.size()), instructions.data()};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        return fail_internal(refusal("seccomp", errno));
    return {};
}

} // namespace landfall::jobs
// NOLINTEND(concurrency-mt-unsafe)

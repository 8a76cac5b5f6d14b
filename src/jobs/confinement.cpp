#include "jobs/confinement.hpp"

#include "jobs/landlock.hpp"
#include "jobs/refusal.hpp"
#include "jobs/seccomp_filter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

// NOLINTBEGIN(concurrency-mt-unsafe): a process that confines itself has one thread yet
namespace landfall::jobs {
namespace {

constexpr int kTaskNice = 12;
constexpr int kServiceNice = 8;
constexpr rlim_t kOpenFiles = 256;
constexpr std::size_t kThreadStack = 2 << 20;
constexpr std::array<std::string_view, 10> kKeptVariables{
    "GDAL_DATA", "GDAL_NUM_THREADS", "GDAL_CACHEMAX", "GDAL_DRIVER_PATH", "PROJ_DATA",
    "PROJ_LIB",  "OMP_NUM_THREADS",  "LANG",          "LC_ALL",           "LD_LIBRARY_PATH"};

tl::unexpected<Error> refused(std::string_view call) {
    return fail_internal(refusal(call, errno));
}

/// Limits the process; one that the system holds to less already stays at that.
Status limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit value{};
    if (::getrlimit(resource, &value) != 0)
        return refused("prlimit64");
    value = {std::min(soft, value.rlim_max), std::min(hard, value.rlim_max)};
    if (::setrlimit(resource, &value) != 0)
        return refused("prlimit64");
    return {};
}

#ifndef LANDFALL_SANITIZED
/// Address space in use now: libraries and the launcher's heap, which the worker's own limit comes on top of.
rlim_t address_space_bytes() {
    long pages = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
        if (std::fscanf(file, "%ld", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return static_cast<rlim_t>(std::max(pages, 0L)) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

Status limit_memory(std::int64_t bytes) {
    // Each arena of malloc reserves 64 MiB of address space, each thread its stack: keep both from eating the limit.
    ::mallopt(M_ARENA_MAX, 2);
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) == 0) {
        ::pthread_attr_setstacksize(&attributes, kThreadStack);
        ::pthread_setattr_default_np(&attributes);
        ::pthread_attr_destroy(&attributes);
    }
    const rlim_t total = address_space_bytes() + static_cast<rlim_t>(bytes);
    return limit(RLIMIT_AS, total, total);
}
#else
Status limit_memory(std::int64_t) {
    return {};
} // sanitizers reserve terabytes of address space
#endif

Status apply_limits(const ConfinementPlan& plan) {
    CHECK_OK(limit_memory(plan.limits.memory_bytes));
    CHECK_OK(limit(RLIMIT_CORE, 0, 0));
    CHECK_OK(limit(RLIMIT_NOFILE, kOpenFiles, kOpenFiles));
    CHECK_OK(limit(RLIMIT_MEMLOCK, 0, 0));
    const auto cpu = static_cast<rlim_t>(plan.limits.cpu.count());
    const bool task = plan.kind == WorkerKind::ForTask;
    if (task && cpu > 0)
        CHECK_OK(limit(RLIMIT_CPU, cpu, cpu + 1));
    const auto file = task ? static_cast<rlim_t>(plan.limits.scratch_bytes) : 0;
    return limit(RLIMIT_FSIZE, file, file);
}

Status drop_privileges() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refused("prctl");
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[2] = {};
    if (::syscall(SYS_capset, &header, none) != 0)
        return refused("capset");
    return {};
}

Status scrub_environment(const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> kept;
    for (const std::string_view name : kKeptVariables)
        if (const char* value = std::getenv(std::string(name).c_str()))
            kept.emplace_back(name, value);
    kept.emplace_back("TZ", "UTC");
    kept.emplace_back("HOME", folder.empty() ? "/nonexistent" : folder);
    kept.emplace_back("TMPDIR", folder.empty() ? "/nonexistent" : folder);
    if (::clearenv() != 0)
        return refused("clearenv");
    for (const auto& [name, value] : kept)
        if (::setenv(name.c_str(), value.c_str(), 1) != 0)
            return refused("setenv");
    return {};
}

} // namespace

Confinement probe_confinement() {
    const int abi = landlock_abi();
    return Confinement{abi > 0, has_seccomp(), abi};
}

Status confine(const ConfinementPlan& plan) {
    CHECK_OK(apply_limits(plan));
    CHECK_OK(drop_privileges());
    if (::chdir(plan.folder.empty() ? "/" : plan.folder.c_str()) != 0)
        return refused("chdir");
    CHECK_OK(scrub_environment(plan.folder));
    // A server that was started nicer than that stays so: without privileges nobody gets less nice.
    const int nice = plan.kind == WorkerKind::ForTask ? kTaskNice : kServiceNice;
    if (::getpriority(PRIO_PROCESS, 0) < nice && ::setpriority(PRIO_PROCESS, 0, nice) != 0)
        return refused("setpriority");
    if (plan.available.landlock)
        CHECK_OK(restrict_files(plan.folder, plan.readable));
    if (plan.available.seccomp) {
        if (plan.filter == nullptr)
            return fail_internal("the system call filter could not be compiled");
        CHECK_OK(apply_filter(*plan.filter));
    }
    return {};
}

void forget_environment() {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        char* equals = std::strchr(*entry, '=');
        if (equals == nullptr)
            continue;
        const std::string_view name(*entry, static_cast<std::size_t>(equals - *entry));
        if (std::find(kKeptVariables.begin(), kKeptVariables.end(), name) == kKeptVariables.end())
            ::explicit_bzero(equals + 1, std::strlen(equals + 1));
    }
}

} // namespace landfall::jobs
// NOLINTEND(concurrency-mt-unsafe)

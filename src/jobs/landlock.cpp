#include "jobs/landlock.hpp"

#include "core/descriptor.hpp"
#include "jobs/refusal.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace landfall::jobs {
namespace {

// Written out because Debian 12's <linux/landlock.h> ends at ABI 2. Kernel: include/uapi/linux/landlock.h.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr std::uint32_t kVersionFlag = 1;
constexpr int kRulePathBeneath = 1;

constexpr std::uint64_t kWriteFile = 1 << 1;
constexpr std::uint64_t kReadFile = 1 << 2;
constexpr std::uint64_t kReadDir = 1 << 3;
constexpr std::uint64_t kRemoveFile = 1 << 5;
constexpr std::uint64_t kMakeRegular = 1 << 8;
constexpr std::uint64_t kTruncate = 1 << 14;
constexpr std::uint64_t kFirstAbiRights = (1 << 13) - 1;
constexpr std::uint64_t kRefer = 1 << 13;            // ABI 2
constexpr std::uint64_t kIoctlDevice = 1 << 15;      // ABI 5
constexpr std::uint64_t kBindAndConnectTcp = 3;      // ABI 4
constexpr std::uint64_t kScopeSocketsAndSignals = 3; // ABI 6

/// Files only: without folders in it, what a task takes from the disk is counted in one look.
constexpr std::uint64_t kUseFolder = kWriteFile | kReadFile | kReadDir | kRemoveFile | kMakeRegular | kTruncate;

struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};

struct __attribute__((packed)) PathBeneath {
    std::uint64_t allowed = 0;
    std::int32_t parent = -1;
};

Ruleset ruleset_of(int abi) {
    Ruleset rules{kFirstAbiRights, 0, 0};
    if (abi >= 2)
        rules.files |= kRefer;
    if (abi >= 3)
        rules.files |= kTruncate;
    if (abi >= 4)
        rules.network = kBindAndConnectTcp;
    if (abi >= 5)
        rules.files |= kIoctlDevice;
    if (abi >= 6)
        rules.scoped = kScopeSocketsAndSignals;
    return rules;
}

std::size_t ruleset_size(int abi) {
    return abi >= 6 ? sizeof(Ruleset) : abi >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
}

tl::unexpected<Error> refused(std::string_view call) {
    return fail_internal(refusal(call, errno));
}

Status allow(int ruleset, const std::string& path, std::uint64_t rights) {
    const Descriptor target(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!target)
        return refused("open " + path);
    struct stat status{};
    if (::fstat(target.get(), &status) != 0)
        return refused("stat " + path);
    if (!S_ISDIR(status.st_mode))
        rights &= kReadFile | kWriteFile | kTruncate;
    const PathBeneath rule{rights, target.get()};
    if (::syscall(kAddRule, ruleset, kRulePathBeneath, &rule, 0) != 0)
        return refused("landlock_add_rule");
    return {};
}

} // namespace

int landlock_abi() {
    const long abi = ::syscall(kCreateRuleset, nullptr, std::size_t{0}, kVersionFlag);
    return abi > 0 ? static_cast<int>(abi) : 0;
}

Status restrict_files(const std::string& folder, const std::vector<std::string>& readable) {
    const int abi = landlock_abi();
    const Ruleset rules = ruleset_of(abi);
    const Descriptor ruleset(static_cast<int>(::syscall(kCreateRuleset, &rules, ruleset_size(abi), 0)));
    if (!ruleset)
        return refused("landlock_create_ruleset");
    if (!folder.empty())
        CHECK_OK(allow(ruleset.get(), folder, kUseFolder & rules.files));
    for (const std::string& path : readable)
        if (::access(path.c_str(), F_OK) == 0)
            CHECK_OK(allow(ruleset.get(), path, kReadFile | kReadDir));
    if (::syscall(kRestrictSelf, ruleset.get(), 0) != 0)
        return refused("landlock_restrict_self");
    return {};
}

} // namespace landfall::jobs

#include "jobs/refusal.hpp"
#include "jobs/worker_health.hpp"
#include "unit/jobs/programs.hpp"

#include <cerrno>
#include <gmock/gmock.h>

namespace landfall::jobs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(WorkerHealth, IsGoodWhereWorkersStart) {
    WorkerHealth health(fixture::launcher(), fixture::scratch_parent());
    EXPECT_FALSE(health.is_well()) << "nobody knows yet";
    const auto found = health.now();
    EXPECT_TRUE(found.has_value()) << found.error().message;
    EXPECT_TRUE(health.is_well());
}

TEST(WorkerHealth, SaysWhereTheWorkersHaveNoFolder) {
    WorkerHealth health(fixture::launcher(), "/proc/no/such/folder");
    const auto found = health.now();
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, Code::Unavailable);
    EXPECT_THAT(found.error().message, HasSubstr("workers"));
    EXPECT_FALSE(health.is_well());
}

TEST(Refusal, NamesTheCallAndWhatWouldLetItPass) {
    const std::string denied = refusal("memfd_create", EPERM);
    EXPECT_THAT(denied, HasSubstr("memfd_create: Operation not permitted"));
    EXPECT_THAT(denied, HasSubstr("Allow the system call memfd_create"));
    EXPECT_THAT(refusal("clone", EAGAIN), HasSubstr("pids"));
    EXPECT_THAT(refusal("open /dev/null", ENOENT), Not(HasSubstr("Allow")));
}

} // namespace
} // namespace landfall::jobs

#include "jobs/task_run.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <gmock/gmock.h>
#include <sys/socket.h>

namespace landfall::jobs {
namespace {

/// A task whose launcher is this test: it takes the order and tells how the worker ended.
class TaskRunTest : public ::testing::Test {
protected:
    TaskOutcome<std::string> run_until(const ExitRecord& record) {
        auto control = *connected_pair(SOCK_SEQPACKET);
        auto link = WorkerLink::open(control.first, {WorkerKind::ForTask, "probe", "/tmp/folder", limits_});
        EXPECT_TRUE(link.has_value());
        auto order = receive_datagram(control.second.get(), kMaxSpawnBytes);
        EXPECT_EQ(order->descriptors.size(), 2U);
        EXPECT_EQ(::send(order->descriptors[1].get(), &record, sizeof record, 0), ssize_t{sizeof record});
        order->descriptors.clear(); // the worker's end of the channel and the status socket
        return TaskRun(*std::move(link), "/tmp/folder", limits_, progress_).complete("{}");
    }

    SandboxLimits limits_;
    Progress progress_;
};

TEST_F(TaskRunTest, AWorkerThatCouldNotBeForkedIsNoCrashOfItsFile) {
    const auto outcome = run_until({.fork_error = EAGAIN});
    EXPECT_EQ(outcome.end, TaskEnd::NotStarted);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::Unavailable);
    EXPECT_THAT(outcome.answer.error().cause, ::testing::HasSubstr("clone: "));
    EXPECT_THAT(outcome.answer.error().cause, ::testing::HasSubstr("TasksMax"));
}

TEST_F(TaskRunTest, AWorkerThatEndedBeforeItWasConfinedIsNoCrashOfItsFile) {
    const auto outcome = run_until({.wait_status = kExitRefused << 8});
    EXPECT_EQ(outcome.end, TaskEnd::NotStarted);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::Unavailable);
}

TEST_F(TaskRunTest, SaysWhatAKillFromOutsideMayMean) {
    const auto outcome = run_until({.wait_status = SIGKILL});
    ASSERT_FALSE(outcome.answer.has_value());
    const auto says =
        ::testing::HasSubstr("killed by signal 9; the limit of memory of this host or container may be too small");
    EXPECT_EQ(outcome.answer.error().code, Code::Unavailable);
    EXPECT_THAT(outcome.answer.error().message, says);
    EXPECT_THAT(outcome.answer.error().cause, says);
}

TEST_F(TaskRunTest, TellsHowAWorkerEndedThatRan) {
    EXPECT_EQ(run_until({.wait_status = SIGSEGV}).end, TaskEnd::Crashed);
    EXPECT_EQ(run_until({.wait_status = SIGXCPU}).end, TaskEnd::OutOfTime);
    EXPECT_EQ(run_until({.wait_status = SIGKILL}).end, TaskEnd::Killed) << "by somebody else, or by the kernel";
    EXPECT_EQ(run_until({.wait_status = SIGKILL, .killed = true}).end, TaskEnd::Crashed);
    EXPECT_EQ(run_until({.wait_status = kExitOutOfMemory << 8}).end, TaskEnd::OutOfMemory);
    EXPECT_EQ(run_until({.wait_status = SIGKILL, .cpu_microseconds = 20'000'000}).end, TaskEnd::OutOfTime);
}

} // namespace
} // namespace landfall::jobs

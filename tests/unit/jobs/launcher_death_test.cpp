#include "core/descriptor.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace landfall::jobs {
namespace {

/// Starts this program as a small server with a busy worker (see main.cpp) whose output is `out`.
pid_t spawn_server(int out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    char program[] = "/proc/self/exe";
    char mode[] = "--serve-until-killed";
    char* arguments[] = {program, mode, nullptr};
    pid_t pid = -1;
    EXPECT_EQ(posix_spawn(&pid, program, &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

TEST(LauncherDeath, LauncherAndWorkerDieWithAKilledServer) {
    // Orphans come to this process, so that their end can be awaited instead of guessed.
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t server = spawn_server(ends[1]);
    ::close(ends[1]);
    FILE* report = ::fdopen(ends[0], "r");
    int worker = -1;
    int launcher = -1;
    ASSERT_EQ(std::fscanf(report, "%d %d", &worker, &launcher), 2);
    std::fclose(report);
    ASSERT_EQ(::kill(worker, 0), 0);
    ASSERT_EQ(::kill(launcher, 0), 0);

    ASSERT_EQ(::kill(server, SIGKILL), 0);
    EXPECT_EQ(::waitpid(server, nullptr, 0), server);
    EXPECT_EQ(::waitpid(launcher, nullptr, 0), launcher);
    int status = 0;
    EXPECT_EQ(::waitpid(worker, &status, 0), worker);
    EXPECT_TRUE(WIFSIGNALED(status));
}

} // namespace
} // namespace landfall::jobs

#include "jobs/sandbox.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <thread>
#include <unistd.h>

namespace landfall::jobs {
namespace {

using namespace std::chrono_literals;

std::string order(const char* name) {
    return Json::object({{"order", Json(name)}}).dump();
}

class Pool : public ::testing::Test {
protected:
    Result<std::string> call(const char* name, std::chrono::milliseconds timeout = 10min) {
        return pool_.call("one", order(name), {}, timeout);
    }
    WorkerPool pool_{fixture::launcher(), "test", 1, SandboxLimits{.memory_bytes = 100 << 20}};
};

TEST_F(Pool, AWorkerAnswersManyRequests) {
    const auto first = call("pid");
    ASSERT_TRUE(first.has_value()) << first.error().cause;
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(call("pid").value_or(""), *first);
}

TEST_F(Pool, AnErrorPassesThroughAndKeepsTheWorker) {
    const auto pid = call("pid");
    const auto failed = call("fail");
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::NotFound);
    EXPECT_EQ(call("pid").value_or(""), *pid);
}

TEST_F(Pool, DescriptorsArriveInOrder) {
    std::vector<int> fds;
    std::string expected = "read";
    for (int i = 0; i < 16; ++i) {
        const std::string path = fixture::scratch_parent() + "/fd" + std::to_string(i);
        std::ofstream(path) << i << ";";
        expected += std::to_string(i) + ";";
        fds.push_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    }
    for (int round = 0; round < 20; ++round) // more than the worker may hold open, if it leaked them
        EXPECT_EQ(pool_.call("one", order("read"), fds, 10min).value_or(""), expected);
    fds.push_back(fds[0]);
    EXPECT_EQ(pool_.call("one", order("read"), fds, 10min).error().code, Code::InvalidArgument);
    fds.pop_back();
    for (const int fd : fds)
        ::close(fd);
}

TEST_F(Pool, ItOpensNoFileByItself) {
    if (!fixture::launcher().confinement().landlock)
        GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(call("open").value_or(""), "-1");
}

TEST_F(Pool, AHangingWorkerIsReplaced) {
    const auto pid = call("pid");
    const auto late = call("hang", 300ms);
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, Code::DeadlineExceeded);
    const auto next = call("pid");
    ASSERT_TRUE(next.has_value());
    EXPECT_NE(*next, *pid);
}

TEST_F(Pool, ACrashedWorkerIsReplacedEachTime) {
    for (int i = 0; i < 4; ++i) {
        const auto crashed = call("crash");
        ASSERT_FALSE(crashed.has_value());
        EXPECT_EQ(crashed.error().code, Code::Internal);
        EXPECT_THAT(crashed.error().cause, ::testing::HasSubstr("exit status 5"));
    }
    EXPECT_TRUE(call("pid").has_value());
}

TEST_F(Pool, AWorkerThatGrewRetires) {
    const auto pid = call("pid");
    EXPECT_EQ(call("grow").value_or(""), std::to_string(64 << 20));
    EXPECT_NE(call("pid").value_or(*pid), *pid);
}

TEST_F(Pool, AnswersMayHave16MibAndNoMore) {
    Json request = Json::object({{"order", "bytes"}, {"count", Json(16 << 20)}});
    EXPECT_EQ(pool_.call("one", request.dump(), {}, 10min).value_or("").size(), 16U << 20);
    request.set("count", Json((16 << 20) + 1));
    const auto refused = pool_.call("one", request.dump(), {}, 10min);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::PayloadTooLarge);
}

TEST_F(Pool, ACallerThatFindsNoWorkerInTimeIsTold) {
    int begun[2];
    int release[2];
    ASSERT_EQ(::pipe2(begun, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(release, O_CLOEXEC), 0);
    std::thread holder(
        [&] { EXPECT_TRUE(pool_.call("one", order("hold"), {begun[1], release[0]}, 10min).has_value()); });
    char byte = 0;
    EXPECT_EQ(::read(begun[0], &byte, 1), 1);
    const auto refused = call("pid", 20ms);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::Unavailable);
    EXPECT_EQ(::write(release[1], &byte, 1), 1);
    holder.join();
    for (const int fd : {begun[0], begun[1], release[0], release[1]})
        ::close(fd);
}

TEST_F(Pool, MoreCallersThanWorkersAreAllServed) {
    WorkerPool pair(fixture::launcher(), "test", 2, SandboxLimits{.memory_bytes = 100 << 20});
    std::vector<std::thread> callers;
    std::atomic<int> served = 0;
    for (int i = 0; i < 8; ++i)
        callers.emplace_back([&] {
            for (int round = 0; round < 25; ++round)
                served += pair.call("one", order("pid"), {}, 10min).has_value() ? 1 : 0;
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(served, 200);
}

TEST_F(Pool, AnUnknownServiceIsRefused) {
    WorkerPool unknown(fixture::launcher(), "nothing", 1, {});
    const auto refused = unknown.call("one", order("pid"), {}, 10min);
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().cause, ::testing::HasSubstr("unknown task or service"));
}

TEST_F(Pool, AReplyThatItsTypeDoesNotAllowIsAnError) {
    ServicePool<Json, fixture::Finding> pool{fixture::launcher(), {"test"}, 1, {.memory_bytes = 100 << 20}};
    const auto reply = [&](const std::string& text) {
        return pool.call("one", Json::object({{"order", "reply"}, {"text", text}}), {}, 10min);
    };
    const auto honest = reply("{\"file\":\"a\",\"count\":1}\nbytes\n");
    ASSERT_TRUE(honest.has_value()) << honest.error().cause;
    EXPECT_EQ(honest->head.count, 1);
    EXPECT_EQ(honest->bytes, "bytes\n");
    for (const std::string lie : {"", "bytes", "{}\n", "[1]\n", "{\"file\":\"a\",\"count\":11}\nbytes",
                                  "{\"file\":\"../a\",\"count\":1}\nbytes"}) {
        const auto told = reply(lie);
        ASSERT_FALSE(told.has_value()) << lie;
        EXPECT_EQ(told.error().code, Code::Internal) << lie;
    }
    EXPECT_EQ(reply(std::string(5000, ' ') + "{}\n").error().code, Code::Internal);
}

TEST_F(Pool, AWorkerServesOneOwner) {
    WorkerPool pool(fixture::launcher(), "test", 1, SandboxLimits{.memory_bytes = 100 << 20}); // and the reserve
    const auto pid_for = [&](const char* owner) { return pool.call(owner, order("pid"), {}, 10min).value_or(""); };
    const auto first = pid_for("one");
    EXPECT_EQ(pid_for("one"), first);
    const auto second = pid_for("two");
    EXPECT_NE(second, first);
    EXPECT_EQ(pid_for("one"), first) << "there is room for both";
    const auto third = pid_for("three");
    EXPECT_NE(third, first);
    EXPECT_NE(third, second);
    EXPECT_EQ(pid_for("one"), first) << "the other was idle longer";
    EXPECT_NE(pid_for("two"), second) << "its worker made room";
}

} // namespace
} // namespace landfall::jobs

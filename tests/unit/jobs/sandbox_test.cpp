#include "jobs/sandbox.hpp"
#include "jobs/scratch.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace landfall::jobs {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// For what must succeed however slow the machine and the sanitizer are.
const SandboxLimits kPatient{.cpu = 10min, .wall = 10min};

class Sandbox : public ::testing::Test {
protected:
    Sandbox() : folder_(*ScratchFolder::make(fixture::scratch_parent())) {}

    TaskOutcome<Json> run(std::string_view task, const Json& arguments = Json::object(),
                          SandboxLimits limits = kPatient, const Progress& progress = {}) {
        return fixture::launcher().run(schema::TaskSpec<Json, Json>{task}, folder_.path(), arguments, limits, progress);
    }
    Json peek(const std::string& path) {
        const auto outcome = run("peek", Json::object({{"path", Json(path)}}));
        EXPECT_TRUE(outcome.answer.has_value());
        return outcome.answer.value_or(Json());
    }

    ScratchFolder folder_;
};

TEST_F(Sandbox, ATaskGetsItsFolderAndArgumentsAndAnswers) {
    const auto outcome = run("echo", Json::object({{"a", Json(7)}}));
    EXPECT_EQ(outcome.end, TaskEnd::Done);
    ASSERT_TRUE(outcome.answer.has_value()) << outcome.answer.error().cause;
    EXPECT_EQ((*outcome.answer)["folder"].as_string(), folder_.path());
    EXPECT_EQ((*outcome.answer)["arguments"]["a"].as_integer(), 7);
    EXPECT_GT(outcome.peak_memory_bytes, 0);
}

TEST_F(Sandbox, ATasksOwnErrorArrivesWhole) {
    const auto outcome = run("refuse");
    EXPECT_EQ(outcome.end, TaskEnd::Done);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::InvalidArgument);
    EXPECT_EQ(outcome.answer.error().message, "The file is not an image");
    EXPECT_EQ(outcome.answer.error().cause, "no driver");
    ASSERT_EQ(outcome.answer.error().fields.size(), 1U);
    EXPECT_EQ(outcome.answer.error().fields[0].path, (std::vector<std::string>{"files", "0"}));
}

TEST_F(Sandbox, AnExceptionIsAnInternalErrorThatHidesItsText) {
    const auto outcome = run("throw");
    EXPECT_EQ(outcome.end, TaskEnd::Done);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::Internal);
    EXPECT_THAT(outcome.answer.error().message, ::testing::Not(HasSubstr("library text")));
    EXPECT_THAT(outcome.answer.error().cause, HasSubstr("library text"));
}

TEST_F(Sandbox, ACrashEndsOnlyItsOwnWorker) {
    const auto outcome = run("crash");
    EXPECT_EQ(outcome.end, TaskEnd::Crashed);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_THAT(outcome.answer.error().cause, AnyOf(HasSubstr("signal 11"), HasSubstr("exit status 9")));
    EXPECT_TRUE(run("echo").answer.has_value());
}

TEST_F(Sandbox, AnUnknownTaskIsRefused) {
    const auto outcome = run("no_such_task");
    EXPECT_EQ(outcome.end, TaskEnd::NotStarted);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_THAT(outcome.answer.error().cause, HasSubstr("no_such_task"));
}

TEST_F(Sandbox, SpinningEndsAtTheCpuLimit) {
    const auto outcome = run("spin", Json::object(), {.cpu = 1s, .wall = 60s});
    EXPECT_EQ(outcome.end, TaskEnd::OutOfTime);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::DeadlineExceeded);
    EXPECT_GT(outcome.cpu, 0ms); // the limit counts in ticks, so no exact figure can be expected
}

TEST_F(Sandbox, AWorkerKilledFromOutsideIsNoFaultOfTheFile) {
    const auto kill_it = [](double, std::string_view pids) {
        const int worker = std::atoi(std::string(pids).c_str());
        return worker <= 0 || ::kill(worker, SIGKILL) == 0;
    };
    const auto outcome = run("tell_pids_then_hang", Json::object(), kPatient, kill_it);
    EXPECT_EQ(outcome.end, TaskEnd::Killed);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::Unavailable);
}

TEST_F(Sandbox, HangingEndsAtTheWallLimit) {
    const auto outcome = run("hang", Json::object(), {.wall = 300ms});
    EXPECT_EQ(outcome.end, TaskEnd::OutOfTime);
}

TEST_F(Sandbox, SilenceEndsAsStalled) {
    const auto outcome = run("report_then_hang", Json::object(), {.wall = 60s, .no_progress = 300ms});
    EXPECT_EQ(outcome.end, TaskEnd::Stalled);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::DeadlineExceeded);
}

#ifndef LANDFALL_SANITIZED
TEST_F(Sandbox, TooMuchMemoryIsToldApartFromACrash) {
    for (const char* task : {"allocate", "allocate_on_a_thread"}) {
        const auto outcome = run(task, Json::object(), {.memory_bytes = 128 << 20});
        EXPECT_EQ(outcome.end, TaskEnd::OutOfMemory) << task;
        ASSERT_FALSE(outcome.answer.has_value());
        EXPECT_THAT(outcome.answer.error().message, HasSubstr("128 MiB"));
        EXPECT_LT(outcome.peak_memory_bytes, 200 << 20);
    }
}
#endif

TEST_F(Sandbox, TooLargeAFileIsAWriteError) {
    const Json arguments = Json::object({{"bytes", Json(std::int64_t{8} << 20)}});
    const auto refused = run("write_much", arguments, {.scratch_bytes = 4 << 20});
    ASSERT_FALSE(refused.answer.has_value());
    EXPECT_EQ(refused.answer.error().code, Code::PayloadTooLarge);
    EXPECT_EQ(std::filesystem::file_size(folder_.file("out")), 4U << 20);
    EXPECT_TRUE(run("write_much", arguments, {.scratch_bytes = 8 << 20}).answer.has_value());
}

TEST_F(Sandbox, ManyFilesAreBoundedTogether) {
    const auto outcome =
        run("write_many", Json::object({{"bytes", Json(1 << 20)}}), {.wall = 60s, .scratch_bytes = 16 << 20});
    EXPECT_EQ(outcome.end, TaskEnd::OutOfScratch);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::InvalidArgument);
    EXPECT_EQ(run("write_many", Json::object({{"bytes", Json(0)}}), {.wall = 60s, .scratch_entries = 100}).end,
              TaskEnd::OutOfScratch);
}

TEST_F(Sandbox, WhatWasBroughtIntoTheFolderDoesNotCount) {
    std::ofstream(folder_.file("brought")) << std::string(8 << 20, 'x');
    EXPECT_EQ(run("report_then_hang", Json::object(), {.wall = 1s, .scratch_bytes = 4 << 20}).end, TaskEnd::OutOfTime);
}

TEST_F(Sandbox, ManyThreadsEndTheirWorker) {
    const auto outcome = run("start_threads", Json::object({{"count", Json(200)}}), {.wall = 60s});
    EXPECT_EQ(outcome.end, TaskEnd::Crashed);
    EXPECT_TRUE(run("start_threads", Json::object({{"count", Json(20)}}), {.wall = 2s}).end == TaskEnd::OutOfTime);
}

TEST_F(Sandbox, AWorkerMakesNoFolders) {
    EXPECT_FALSE(run("make_folder").answer.has_value());
}

TEST_F(Sandbox, ProgressArrivesInOrder) {
    std::vector<double> shares;
    std::string stage;
    const auto outcome = run("count_up", Json::object(), kPatient, [&](double share, std::string_view name) {
        if (shares.empty() || shares.back() != share)
            shares.push_back(share);
        stage = name;
        return true;
    });
    EXPECT_EQ(outcome.answer.value_or(Json()).as_string(), "counted");
    if (!shares.empty() && shares.front() == 0)
        shares.erase(shares.begin()); // a tick before the first report
    EXPECT_EQ(shares, (std::vector<double>{0.25, 0.5, 0.75, 1}));
    EXPECT_EQ(stage, "done");
}

TEST_F(Sandbox, ASilentTaskCanBeCanceled) {
    int asked = 0;
    const auto outcome =
        run("hang", Json::object(), {.wall = 60s}, [&](double, std::string_view) { return ++asked < 2; });
    EXPECT_EQ(outcome.end, TaskEnd::Canceled);
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_EQ(outcome.answer.error().code, Code::Canceled);
}

TEST_F(Sandbox, LargeArgumentsAndAnswersPass) {
    const std::int64_t bytes = 20 << 20;
    const auto outcome = run("large_answer", Json::object({{"bytes", Json(bytes)}}));
    ASSERT_TRUE(outcome.answer.has_value()) << outcome.answer.error().cause;
    EXPECT_EQ(outcome.answer->as_view().size(), static_cast<std::size_t>(bytes));
    const auto echoed = run("echo", Json::object({{"text", Json(std::string(5 << 20, 'e'))}}));
    ASSERT_TRUE(echoed.answer.has_value());
    EXPECT_EQ((*echoed.answer)["arguments"]["text"].as_view().size(), 5U << 20);
}

TEST_F(Sandbox, AnAnswerOver64MibIsAnError) {
    const auto outcome = run("large_answer", Json::object({{"bytes", Json(std::int64_t{65} << 20)}}));
    ASSERT_FALSE(outcome.answer.has_value());
    EXPECT_THAT(outcome.answer.error().cause, HasSubstr("64 MiB"));
}

TEST_F(Sandbox, FramesThatBreakTheProtocolKillTheWorker) {
    for (const char* kind : {"huge", "unknown", "bad progress", "long report"}) {
        const auto outcome = run("lie", Json::object({{"kind", Json(kind)}}));
        EXPECT_EQ(outcome.end, TaskEnd::Crashed) << kind;
    }
    const auto outcome = run("lie", Json::object({{"kind", Json("not json")}}));
    EXPECT_FALSE(outcome.answer.has_value());
}

TEST_F(Sandbox, AnAnswerThatItsTypeDoesNotAllowIsAFailedTask) {
    const auto claim = [&](const Json& answer) {
        return fixture::launcher().run(fixture::kLiar, folder_.path(), Json::object({{"answer", answer}}), kPatient);
    };
    const auto honest = claim(Json::object({{"file", "a.tif"}, {"count", 3}}));
    ASSERT_TRUE(honest.answer.has_value()) << honest.answer.error().cause;
    EXPECT_EQ(honest.answer->file, "a.tif");
    Json deep = 1;
    for (int i = 0; i < 60; ++i)
        deep = Json::array({deep});
    const std::string nul("a\0b", 3);
    for (const Json& lie :
         {Json(), Json("text"), Json::array(), Json::object(), deep, Json::object({{"file", 7}, {"count", 3}}),
          Json::object({{"file", ""}, {"count", 3}}), Json::object({{"file", "../a"}, {"count", 3}}),
          Json::object({{"file", nul}, {"count", 3}}), Json::object({{"file", "far too long"}, {"count", 3}}),
          Json::object({{"file", "a"}, {"count", -1}}), Json::object({{"file", "a"}, {"count", std::int64_t{1} << 40}}),
          Json::object({{"file", "a"}, {"count", 1.5}}), Json::object({{"file", "a"}})}) {
        const auto outcome = claim(lie);
        ASSERT_FALSE(outcome.answer.has_value()) << lie.dump();
        EXPECT_EQ(outcome.end, TaskEnd::Done);
        EXPECT_EQ(outcome.answer.error().code, Code::Internal) << lie.dump();
        EXPECT_THAT(outcome.answer.error().cause, HasSubstr("'liar'"));
        EXPECT_TRUE(outcome.answer.error().fields.empty()) << "the user sees nothing of it";
    }
}

TEST_F(Sandbox, ThreadsWorkInside) {
    EXPECT_EQ(run("use_threads").answer.value_or(Json()).as_integer(), 36);
}

TEST_F(Sandbox, EightTasksRunAtOnce) {
    std::vector<std::thread> callers;
    std::vector<int> answers(8);
    for (int i = 0; i < 8; ++i)
        callers.emplace_back([&, i] {
            const auto folder = ScratchFolder::make(fixture::scratch_parent());
            const Json arguments = Json::object({{"n", Json(i)}});
            const auto outcome =
                fixture::launcher().run(schema::TaskSpec<Json, Json>{"echo"}, folder->path(), arguments, kPatient);
            answers[static_cast<std::size_t>(i)] =
                static_cast<int>(outcome.answer.value_or(Json())["arguments"]["n"].as_integer(-1));
        });
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(answers, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(Sandbox, AnotherLauncherTakesThePlaceOfOneThatWasKilled) {
    bool killed = false;
    const auto outcome = run("tell_pids_then_hang", Json::object(), kPatient, [&](double, std::string_view pids) {
        if (const auto gap = pids.find(' '); gap != std::string_view::npos && !std::exchange(killed, true))
            ::kill(static_cast<pid_t>(std::stol(std::string(pids.substr(gap)))), SIGKILL);
        return true;
    });
    EXPECT_EQ(outcome.end, TaskEnd::NotStarted) << "nothing is said against the task";
    EXPECT_FALSE(fixture::launcher().is_alive());
    EXPECT_EQ(run("echo").end, TaskEnd::NotStarted);
    const Status restarted = fixture::launcher().restart();
    ASSERT_TRUE(restarted) << restarted.error().message;
    EXPECT_TRUE(fixture::launcher().is_alive());
    EXPECT_EQ(run("echo").end, TaskEnd::Done);
    EXPECT_EQ(run("environment").answer.value_or(Json(1)).dump().find("hunter2"), std::string::npos);
}

TEST_F(Sandbox, NothingGetsOut) {
    const Status tested = fixture::launcher().self_test(fixture::scratch_parent());
    EXPECT_TRUE(tested.has_value()) << tested.error().message << tested.error().cause;
}

TEST_F(Sandbox, LinksLeadNowhere) {
    if (!fixture::launcher().confinement().landlock)
        GTEST_SKIP() << "this kernel has no Landlock";
    std::ofstream(folder_.file("inside")) << "mine";
    const auto outside = ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(outside->file("secret")) << "theirs";
    std::filesystem::create_symlink(outside->file("secret"), folder_.file("link"));
    EXPECT_EQ(peek(folder_.file("inside"))["bytes"].as_string(), "mine");
    EXPECT_EQ(peek("inside")["bytes"].as_string(), "mine");
    EXPECT_EQ(peek(folder_.file("link"))["errno"].as_integer(), EACCES);
    EXPECT_EQ(peek(outside->file("secret"))["errno"].as_integer(), EACCES);
    EXPECT_EQ(
        peek(folder_.path() + "/../" + outside->path().substr(outside->path().rfind('/') + 1) + "/secret")["errno"]
            .as_integer(),
        EACCES);
    EXPECT_EQ(peek("/proc/self/root/etc/passwd")["errno"].as_integer(), EACCES);
    EXPECT_EQ(peek("/proc/self/maps")["errno"].as_integer(), EACCES);
}

TEST_F(Sandbox, ReadableFoldersCanBeRead) {
    if (!std::filesystem::exists("/usr/share/zoneinfo/UTC"))
        GTEST_SKIP() << "no time zones here";
    EXPECT_EQ(peek("/usr/share/zoneinfo/UTC")["bytes"].as_string().substr(0, 4), "TZif");
}

TEST_F(Sandbox, TheEnvironmentHoldsNoSecret) {
    const auto found = run("environment").answer;
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE((*found)["LANDFALL_TEST_SECRET"].is_null());
    EXPECT_EQ((*found)["GDAL_CACHEMAX"].as_string(), "64");
    EXPECT_EQ((*found)["TMPDIR"].as_string(), folder_.path());
    EXPECT_EQ((*found)["HOME"].as_string(), folder_.path());
}

TEST_F(Sandbox, NoDescriptorLeaksIn) {
    const auto open = run("open_descriptors").answer;
    ASSERT_TRUE(open.has_value());
    EXPECT_EQ(open->dump(), "[0,1,2,3]");
}

} // namespace
} // namespace landfall::jobs

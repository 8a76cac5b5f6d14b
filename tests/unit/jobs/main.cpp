#include "jobs/scratch.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace landfall::jobs::fixture {
namespace {

struct World {
    std::unique_ptr<Launcher> launcher;
    std::optional<ScratchFolder> scratch;
};

World& world() {
    static World instance;
    return instance;
}

} // namespace

Launcher& launcher() {
    return *world().launcher;
}
const std::string& scratch_parent() {
    return world().scratch->path();
}

} // namespace landfall::jobs::fixture

namespace {

/// A server for launcher_death_test.cpp: tells the ids of its worker and its launcher, and waits to be killed.
int serve_until_killed() {
    using namespace landfall::jobs;
    auto started = Launcher::start(fixture::test_program());
    const auto scratch = ScratchFolder::make(std::filesystem::temp_directory_path().string());
    if (!started || !scratch)
        return 1;
    std::string told;
    const auto tell = [&](double, std::string_view pids) {
        if (told.empty() && !pids.empty()) {
            told = pids;
            std::filesystem::remove(scratch->path()); // killed servers clean nothing up
            std::printf("%s\n", told.c_str());
            std::fflush(stdout);
        }
        return true;
    };
    (void)(*started)->run(landfall::schema::TaskSpec<landfall::Json, landfall::Json>{"tell_pids_then_hang"},
                          scratch->path(), landfall::Json::object(), {.wall = std::chrono::minutes(5)}, tell);
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    using namespace landfall::jobs;
    if (argc == 2 && std::string_view(argv[1]) == "--serve-until-killed")
        return serve_until_killed();
    if (std::string_view(argv[0]) == "landfall-launcher")
        become_launcher(fixture::test_program());
    // GoogleTest may start threads, and a launcher must be forked before the first.
    ::setenv("LANDFALL_TEST_SECRET", "hunter2", 1);
    ::setenv("GDAL_CACHEMAX", "64", 1);
    auto started = Launcher::start(fixture::test_program(), {"/proc/self/exe", "landfall-launcher"});
    auto scratch = ScratchFolder::make(std::filesystem::temp_directory_path().string());
    if (!started || !scratch)
        return 1;
    fixture::world().launcher = *std::move(started);
    fixture::world().scratch.emplace(*std::move(scratch));
    ::testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    fixture::world().launcher.reset();
    fixture::world().scratch.reset();
    return result;
}

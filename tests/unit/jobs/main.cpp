#include "jobs/scratch.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

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

int main(int argc, char** argv) {
    using namespace landfall::jobs;
    // GoogleTest may start threads, and a launcher must be forked before the first.
    ::setenv("LANDFALL_TEST_SECRET", "hunter2", 1);
    ::setenv("GDAL_CACHEMAX", "64", 1);
    auto started = Launcher::start(fixture::test_program());
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

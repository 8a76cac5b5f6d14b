#include "jobs/scratch.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace landfall::jobs {
namespace {

namespace fs = std::filesystem;

TEST(Scratch, AFolderIsPrivateAndGoesWithItsContent) {
    std::string path;
    {
        const auto folder = ScratchFolder::make(fixture::scratch_parent());
        ASSERT_TRUE(folder.has_value());
        path = folder->path();
        struct stat status{};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0700U);
        fs::create_directories(folder->file("deep/er"));
        std::ofstream(folder->file("deep/er/file")) << "x";
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(Scratch, MovingKeepsOneOwner) {
    auto first = *ScratchFolder::make(fixture::scratch_parent());
    const std::string path = first.path();
    {
        const ScratchFolder second = std::move(first);
        EXPECT_EQ(second.path(), path);
        EXPECT_TRUE(fs::exists(path));
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(Scratch, LinksAreRemovedAndNotFollowed) {
    const auto outside = *ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(outside.file("kept")) << "x";
    {
        const auto folder = *ScratchFolder::make(fixture::scratch_parent());
        fs::create_directory_symlink(outside.path(), folder.file("link"));
    }
    EXPECT_TRUE(fs::exists(outside.file("kept")));
}

TEST(Scratch, WhatAnEarlierRunLeftIsRemovedAndNothingElse) {
    const auto parent = *ScratchFolder::make(fixture::scratch_parent());
    const auto outside = *ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(outside.file("kept")) << "x";
    fs::create_directories(parent.file("scratch-abc/deep"));
    fs::create_directory_symlink(outside.path(), parent.file("scratch-link"));
    std::ofstream(parent.file("other")) << "x";
    EXPECT_EQ(remove_stale_scratch(parent.path()).value_or(-1), 2);
    EXPECT_FALSE(fs::exists(parent.file("scratch-abc")));
    EXPECT_TRUE(fs::exists(outside.file("kept")));
    EXPECT_TRUE(fs::exists(parent.file("other")));
    EXPECT_EQ(remove_stale_scratch(parent.file("missing")).value_or(-1), 0);
}

} // namespace
} // namespace landfall::jobs

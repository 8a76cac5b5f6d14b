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

TEST(Scratch, AWorkersWordLeadsToAPlainFileOfTheFolderOnly) {
    const auto outside = *ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(outside.file("secret")) << "secret";
    const auto folder = *ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(folder.file("made.tif")) << "made";
    fs::create_symlink(outside.file("secret"), folder.file("link"));
    fs::create_directory_symlink(outside.path(), folder.file("away"));
    fs::create_directory(folder.file("inner"));
    ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
    EXPECT_TRUE(folder.open_made("made.tif", 4));
    const std::string up = "../" + fs::path(outside.path()).filename().string() + "/secret";
    for (const std::string& name :
         {std::string(), std::string("."), std::string(".."), up, outside.file("secret"), std::string("away/secret"),
          std::string("link"), std::string("away"), std::string("inner"), std::string("pipe"), std::string("absent"),
          std::string("made.tif/"), std::string("./made.tif"), std::string("made.tif\0.tif", 13),
          std::string(5000, 'x')}) {
        const auto opened = folder.open_made(name, 1 << 20);
        ASSERT_FALSE(opened) << name;
        EXPECT_EQ(opened.error().code, Code::Internal);
    }
    EXPECT_FALSE(folder.open_made("made.tif", 3)) << "one byte too many";
    fs::rename(folder.path(), folder.path() + ".moved");
    fs::create_directory_symlink(outside.path(), folder.path());
    EXPECT_FALSE(folder.open_made("secret", 1 << 20)) << "the folder itself was exchanged";
    fs::remove(folder.path());
    fs::rename(folder.path() + ".moved", folder.path());
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

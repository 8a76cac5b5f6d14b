#include "core/descriptor.hpp"
#include "jobs/file_tree.hpp"
#include "jobs/scratch.hpp"
#include "unit/jobs/programs.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::jobs {
namespace {

namespace fs = std::filesystem;

/// A chain of folders whose path is far longer than any call takes, each with a file in it.
void make_deep(const std::string& top, int depth) {
    ASSERT_EQ(::mkdir(top.c_str(), 0700), 0);
    Descriptor at(::open(top.c_str(), O_RDONLY | O_DIRECTORY));
    for (int i = 0; i < depth; ++i) {
        const Descriptor file(::openat(at.get(), "file", O_CREAT | O_WRONLY, 0600));
        ASSERT_EQ(::mkdirat(at.get(), "up-1", 0700), 0);
        at = Descriptor(::openat(at.get(), "up-1", O_RDONLY | O_DIRECTORY));
        ASSERT_TRUE(at);
    }
}

TEST(FileTree, RemovesWhatIsDeeperThanAnyPath) {
    const auto parent = *ScratchFolder::make(fixture::scratch_parent());
    make_deep(parent.file("deep"), 3000);
    EXPECT_TRUE(remove_tree(parent.file("deep")));
    EXPECT_FALSE(fs::exists(parent.file("deep")));
}

TEST(FileTree, RemovesWhatIsWideAndClosed) {
    const auto parent = *ScratchFolder::make(fixture::scratch_parent());
    for (int i = 0; i < 200; ++i) {
        fs::create_directories(parent.file("wide/" + std::to_string(i) + "/inner"));
        std::ofstream(parent.file("wide/" + std::to_string(i) + "/inner/file")) << "x";
        fs::permissions(parent.file("wide/" + std::to_string(i)), fs::perms::none);
    }
    EXPECT_TRUE(remove_tree(parent.file("wide")));
    EXPECT_FALSE(fs::exists(parent.file("wide")));
    EXPECT_TRUE(remove_tree(parent.file("absent")));
}

TEST(FileTree, RemovesALinkAndNotWhatItLeadsTo) {
    const auto parent = *ScratchFolder::make(fixture::scratch_parent());
    fs::create_directories(parent.file("kept/inner"));
    fs::create_directories(parent.file("tree/inner"));
    fs::create_directory_symlink(parent.file("kept"), parent.file("tree/inner/link"));
    EXPECT_TRUE(remove_tree(parent.file("tree")));
    EXPECT_TRUE(fs::exists(parent.file("kept/inner")));
}

TEST(FileTree, CountsWhatIsAllocatedAndStopsPastTheBound) {
    const auto folder = *ScratchFolder::make(fixture::scratch_parent());
    std::ofstream(folder.file("full")) << std::string(100'000, 'x');
    std::ofstream(folder.file("hollow")).flush();
    fs::resize_file(folder.file("hollow"), std::uintmax_t{1} << 40U);
    const Descriptor opened(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
    const auto usage = usage_of(opened.get(), 100);
    EXPECT_EQ(usage.entries, 2);
    EXPECT_GE(usage.bytes, 100'000);
    EXPECT_LT(usage.bytes, 1'000'000);
    EXPECT_EQ(usage_of(opened.get(), 1).entries, 2) << "one more than the bound is enough to know";
}

} // namespace
} // namespace landfall::jobs

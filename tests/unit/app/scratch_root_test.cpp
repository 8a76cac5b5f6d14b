#include "app/scratch_root.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>

namespace landfall::app {
namespace {

namespace fs = std::filesystem;

/// Opens the file at `path`, made if missing, under a lock.
Descriptor locked(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::flock(file.get(), LOCK_EX | LOCK_NB), 0);
    return file;
}

TEST(ScratchRoot, TakesAnotherNameWhenSomebodyHoldsTheLockOfTheFirst) {
    const testing::PrivateFolder folder;
    const auto cleaner = locked(folder / "one.lock");
    int calls = 0;
    const auto root = ScratchRoot::claim(folder / "", [&] { return ++calls == 1 ? "one" : "two"; });
    ASSERT_TRUE(root);
    EXPECT_TRUE(fs::is_directory(folder / "two"));
    EXPECT_FALSE(fs::exists(folder / "one"));
}

TEST(ScratchRoot, CleansUpAfterThoseWhoAreGoneOnly) {
    const testing::PrivateFolder folder;
    fs::create_directory(folder / "gone");
    locked(folder / "gone.lock");
    const auto first = ScratchRoot::claim(folder / "", [] { return "first"; });
    const auto second = ScratchRoot::claim(folder / "", [] { return "second"; });
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(fs::exists(folder / "gone"));
    EXPECT_TRUE(fs::exists(folder / "first") && fs::exists(folder / "second"));
}

} // namespace
} // namespace landfall::app

#include "core/descriptor.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

class LocalStore : public testing::Test {
protected:
    TemporaryDirectory directory_;
    std::string path_ = directory_ / "store";
    std::unique_ptr<ObjectStore> store_ = open_local_store(path_).value();
};

TEST_F(LocalStore, FilesABlobReadOnlyUnderTheEndOfItsKey) {
    ASSERT_TRUE(put(*store_, "ob_0123xy", "content"));
    struct stat status{};
    ASSERT_EQ(::stat((path_ + "/xy/ob_0123xy").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0440U);
    EXPECT_TRUE(fs::is_empty(path_ + "/tmp"));
}

TEST_F(LocalStore, OpensAgainWithItsBlobs) {
    ASSERT_TRUE(put(*store_, "kept", "content"));
    store_ = open_local_store(path_).value();
    EXPECT_EQ(get(*store_, "kept"), "content");
    EXPECT_EQ(listed(*store_).at("kept").size, 7);
}

TEST_F(LocalStore, LinksABlobIntoAFolderOnce) {
    ASSERT_TRUE(put(*store_, "linked", "content"));
    ASSERT_NE(store_->links(), nullptr);
    EXPECT_TRUE(store_->links()->link("linked", directory_ / "work").value());
    EXPECT_EQ(fs::hard_link_count(directory_ / "work"), 2U);
    EXPECT_EQ(code_of(store_->links()->link("linked", directory_ / "work")), Code::Conflict);
    EXPECT_EQ(code_of(store_->links()->link("absent", directory_ / "other")), Code::NotFound);
    EXPECT_EQ(code_of(store_->links()->link("../x", directory_ / "other")), Code::InvalidArgument);
}

TEST_F(LocalStore, GivesADescriptorForSendfileThatCannotWrite) {
    ASSERT_TRUE(put(*store_, "sent", "hello"));
    const auto reader = store_->open("sent").value();
    const int descriptor = reader->descriptor().value();
    EXPECT_EQ(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    EXPECT_EQ(::fcntl(descriptor, F_GETFL) & O_ACCMODE, O_RDONLY);
    const Descriptor out(::open((directory_ / "out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    off_t at = 1;
    EXPECT_EQ(::sendfile(out.get(), descriptor, &at, 10), 4);
}

TEST_F(LocalStore, TellsTheAgeOfABlob) {
    ASSERT_TRUE(put(*store_, "aged", "content"));
    fs::last_write_time(path_ + "/ed/aged", fs::file_time_type::clock::now() - std::chrono::hours(2));
    const auto age = listed(*store_).at("aged").age;
    EXPECT_GE(age, std::chrono::minutes(119));
    EXPECT_LE(age, std::chrono::minutes(125));
}

TEST_F(LocalStore, IgnoresWhatIsNotABlob) {
    ASSERT_TRUE(put(*store_, "real", "content"));
    std::ofstream(path_ + "/al/Not-A-Key") << "x";
    std::ofstream(path_ + "/al/elsewhere") << "x";
    std::ofstream(path_ + "/zz") << "x";
    fs::create_symlink("/etc/hostname", path_ + "/al/symbolal");
    EXPECT_EQ(listed(*store_).size(), 1U);
    EXPECT_EQ(get(*store_, "symbolal"), "(unavailable)");
}

TEST_F(LocalStore, LetsAVisitorRemoveWhatItSees) {
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(put(*store_, "many_" + std::to_string(100 + i), "x"));
    EXPECT_TRUE(store_->list([&](const BlobEntry& entry) { EXPECT_TRUE(store_->remove(entry.key)); }));
    EXPECT_TRUE(listed(*store_).empty());
}

TEST_F(LocalStore, RefusesADirectoryThatCannotBe) {
    std::ofstream(directory_ / "file") << "x";
    const auto store = open_local_store(directory_ / "file/store");
    EXPECT_EQ(code_of(store), Code::Unavailable);
    EXPECT_FALSE(store.error().message.empty());
}

/// A child process that writes until it is told to go. It tells one byte when it is ready.
class WritingProcess {
public:
    WritingProcess(const std::string& path, const std::string& key) {
        std::array<int, 2> ready{};
        EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
        child_ = ::fork();
        if (child_ == 0)
            write_and_wait(path, key, ready[1]);
        ::close(ready[1]);
        char byte = 0;
        EXPECT_EQ(::read(ready[0], &byte, 1), 1) << "the child did not come to write";
        ::close(ready[0]);
    }
    ~WritingProcess() { kill_it(); }

    void kill_it() {
        if (child_ <= 0)
            return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        child_ = 0;
    }

private:
    [[noreturn]] static void write_and_wait(const std::string& path, const std::string& key, int ready) {
        const auto store = open_local_store(path);
        const auto writer = store.value()->create(key);
        if (!writer || !(*writer)->write(bytes_of("unfinished")) || ::write(ready, "x", 1) != 1)
            ::_exit(1);
        while (true)
            ::pause();
    }

    pid_t child_ = 0;
};

TEST_F(LocalStore, SeesTheWriterOfAnotherProcessUntilItIsKilled) {
    WritingProcess process(path_, "foreign");
    EXPECT_TRUE(listed(*store_).at("foreign").being_written);
    EXPECT_EQ(code_of(store_->create("foreign")), Code::Conflict);
    EXPECT_EQ(code_of(store_->remove("foreign")), Code::Conflict);
    process.kill_it();
    EXPECT_EQ(get(*store_, "foreign"), "(not_found)");
    const auto leftover = listed(*store_).at("foreign");
    EXPECT_FALSE(leftover.being_written);
    EXPECT_EQ(leftover.size, 10);
    EXPECT_TRUE(store_->remove("foreign"));
    EXPECT_TRUE(listed(*store_).empty());
}

TEST_F(LocalStore, TakesOverTheKeyOfAKilledWriter) {
    WritingProcess(path_, "retried").kill_it();
    EXPECT_TRUE(put(*store_, "retried", "whole"));
    EXPECT_EQ(get(*store_, "retried"), "whole");
    EXPECT_EQ(listed(*store_).size(), 1U);
}

/// Lowers the largest file size of this process while it lives.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit lower{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &lower);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    sighandler_t handler_;
};

TEST_F(LocalStore, LeavesNothingWhenAFileMayNotGrow) {
    {
        const FileSizeLimit limit(1'000'000);
        const auto writer = store_->create("large").value();
        const auto wrote = writer->write(bytes_of(random_text(3'000'000, 2)));
        EXPECT_EQ(code_of(wrote), Code::Unavailable);
        EXPECT_EQ(code_of(writer->write(bytes_of("x"))), Code::Unavailable);
        EXPECT_EQ(code_of(writer->digest()), Code::Unavailable);
        EXPECT_EQ(code_of(writer->finish()), Code::Unavailable);
    }
    EXPECT_TRUE(listed(*store_).empty());
}

enum FullStoreOutcome { kAsExpected, kCannotMount, kNotRefused, kWrongSentence, kLeftover, kNotUsable };

/// Fills a store on a file system of 8 MiB that only this process sees.
FullStoreOutcome fill_small_store(const std::string& path) {
    if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=8m") != 0)
        return kCannotMount;
    const auto store = open_local_store(path).value();
    {
        const auto writer = store->create("too_much").value();
        Status wrote;
        for (int i = 0; i < 16 && wrote; ++i)
            wrote = writer->write(bytes_of(random_text(1U << 20U, 1)));
        if (wrote || writer->finish())
            return kNotRefused;
        if (wrote.error().code != Code::Unavailable || wrote.error().message.find("is full") == std::string::npos)
            return kWrongSentence;
    }
    if (!listed(*store).empty())
        return kLeftover;
    return put(*store, "little", "fits") ? kAsExpected : kNotUsable;
}

TEST(FullStore, SaysSoInASentenceAndLeavesNothing) {
    const TemporaryDirectory directory;
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(fill_small_store(directory / "."));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == kCannotMount)
        GTEST_SKIP() << "no file system may be mounted here";
    EXPECT_EQ(WEXITSTATUS(status), kAsExpected);
}

} // namespace
} // namespace landfall::storage

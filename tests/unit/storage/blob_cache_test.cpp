#include "storage/blob_cache.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace landfall::storage {
namespace {

/// A store elsewhere: its blobs are no files, and it can break off.
class RemoteStore final : public ObjectStore {
public:
    std::atomic<int> fetches{0};                  ///< readers that were read from the start
    std::atomic<std::int64_t> breaks_at{1 << 30}; ///< reads from there on fail

    Result<std::unique_ptr<BlobWriter>> create(std::string_view key, std::optional<std::int64_t> size) override {
        return blobs_->create(key, size);
    }
    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        TRY(auto reader, blobs_->open(key));
        return std::make_shared<const Reader>(const_cast<RemoteStore&>(*this), std::move(reader));
    }
    Status remove(std::string_view key) override { return blobs_->remove(key); }
    Status list(const std::function<void(const BlobEntry&)>& visit) const override { return blobs_->list(visit); }

private:
    struct Reader final : BlobReader {
        Reader(RemoteStore& store, std::shared_ptr<const BlobReader> reader)
            : store_(store), reader_(std::move(reader)) {}
        std::int64_t size() const override { return reader_->size(); }
        Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override {
            store_.fetches += offset == 0 ? 1 : 0;
            if (offset >= store_.breaks_at)
                return fail(Code::Unavailable, "The remote store is gone.");
            return reader_->read(offset, into.first(std::min<std::size_t>(into.size(), 100'000)));
        }
        RemoteStore& store_;
        std::shared_ptr<const BlobReader> reader_;
    };

    std::unique_ptr<ObjectStore> blobs_ = make_memory_store();
};

std::string content_of(const BlobCache::Lease& lease) {
    std::string text(static_cast<std::size_t>(lease.size()), '\0');
    return ::pread(lease.descriptor(), text.data(), text.size(), 0) == lease.size() ? text : "(short)";
}

class BlobCacheTest : public testing::Test {
protected:
    std::unique_ptr<BlobCache> open(std::int64_t bytes = 0) {
        return BlobCache::open(store_, {directory_ / "cache", bytes}).value();
    }
    std::size_t files() const {
        std::size_t count = 0;
        if (fs::exists(directory_ / "cache"))
            for ([[maybe_unused]] const auto& entry : fs::directory_iterator(directory_ / "cache"))
                ++count;
        return count;
    }
    TemporaryDirectory directory_;
    RemoteStore store_;
};

TEST_F(BlobCacheTest, FetchesABlobOnceAndHandsOutReadOnlyDescriptors) {
    const auto text = random_text(2'500'000, 3);
    ASSERT_TRUE(put(store_, "blob_a", text));
    const auto cache = open();
    const auto first = cache->lease("blob_a");
    ASSERT_TRUE(first) << first.error().cause;
    const auto second = cache->lease("blob_a").value();
    EXPECT_TRUE(content_of(*first) == text);
    EXPECT_TRUE(content_of(second) == text);
    EXPECT_EQ(::fcntl(second.descriptor(), F_GETFL) & O_ACCMODE, O_RDONLY);
    EXPECT_EQ(store_.fetches, 1);
    EXPECT_EQ(cache->bytes(), 2'500'000);
}

TEST_F(BlobCacheTest, FetchesOnceForAllWhoAskAtATime) {
    const auto text = random_text(3'000'000, 4);
    ASSERT_TRUE(put(store_, "blob_a", text));
    const auto cache = open();
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            const auto lease = cache->lease("blob_a");
            good += lease && content_of(*lease) == text ? 1 : 0;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 8);
    EXPECT_EQ(store_.fetches, 1);
}

TEST_F(BlobCacheTest, LetsTheLongestUnusedGoFirst) {
    for (const char* key : {"blob_a", "blob_b", "blob_c"})
        ASSERT_TRUE(put(store_, key, random_text(1000, 1)));
    const auto cache = open(2000);
    ASSERT_TRUE(cache->lease("blob_a"));
    ASSERT_TRUE(cache->lease("blob_b"));
    ASSERT_TRUE(cache->lease("blob_a"));
    ASSERT_TRUE(cache->lease("blob_c"));
    EXPECT_EQ(cache->bytes(), 2000);
    EXPECT_EQ(files(), 2U);
    EXPECT_EQ(store_.fetches, 3);
    ASSERT_TRUE(cache->lease("blob_a"));
    EXPECT_EQ(store_.fetches, 3);
    ASSERT_TRUE(cache->lease("blob_b"));
    EXPECT_EQ(store_.fetches, 4);
}

TEST_F(BlobCacheTest, NeverTakesALeasedFileAway) {
    for (const char* key : {"blob_a", "blob_b"})
        ASSERT_TRUE(put(store_, key, random_text(1000, 1)));
    const auto cache = open(1500);
    {
        const auto held = cache->lease("blob_a").value();
        const auto refused = cache->lease("blob_b");
        EXPECT_EQ(code_of(refused), Code::Unavailable);
        EXPECT_NE(refused.error().message.find("limits.blob_cache_bytes"), std::string::npos);
        EXPECT_EQ(content_of(held), random_text(1000, 1));
        EXPECT_EQ(files(), 1U);
    }
    EXPECT_TRUE(cache->lease("blob_b"));
}

TEST_F(BlobCacheTest, LeavesNothingOfAFetchThatBrokeOffAndTriesAgain) {
    ASSERT_TRUE(put(store_, "blob_a", random_text(500'000, 1)));
    const auto cache = open();
    store_.breaks_at = 200'000;
    EXPECT_EQ(code_of(cache->lease("blob_a")), Code::Unavailable);
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(cache->bytes(), 0);
    store_.breaks_at = 1 << 30;
    EXPECT_TRUE(cache->lease("blob_a"));
    EXPECT_EQ(code_of(cache->lease("absent")), Code::NotFound);
    EXPECT_EQ(code_of(cache->lease("../x")), Code::InvalidArgument);
}

TEST_F(BlobCacheTest, SaysThatThereIsNoPlaceForItsFiles) {
    ASSERT_TRUE(put(store_, "blob_a", "content"));
    const auto cache = open();
    std::ofstream(directory_ / "cache") << "a file where the folder should be";
    const auto refused = cache->lease("blob_a");
    EXPECT_EQ(code_of(refused), Code::Unavailable);
    EXPECT_NE(refused.error().message.find("Free space"), std::string::npos);
}

TEST_F(BlobCacheTest, ForgetsWhatAnEarlierOneLeft) {
    fs::create_directories(directory_ / "cache");
    std::ofstream(directory_ / "cache/blob_a.1") << "stale";
    std::ofstream(directory_ / "cache/blob_b.2.tmp") << "stale";
    const auto cache = open();
    EXPECT_EQ(files(), 0U);
    ASSERT_TRUE(put(store_, "blob_a", "fresh"));
    EXPECT_EQ(content_of(cache->lease("blob_a").value()), "fresh");
}

TEST_F(BlobCacheTest, PlacesAFetchedFileByALink) {
    ASSERT_TRUE(put(store_, "blob_a", "content"));
    const auto cache = open();
    ASSERT_TRUE(cache->place("blob_a", directory_ / "one.tif"));
    ASSERT_TRUE(cache->place("blob_a", directory_ / "two.tif"));
    EXPECT_EQ(fs::hard_link_count(directory_ / "one.tif"), 3U);
    EXPECT_EQ(store_.fetches, 1);
    struct stat status{};
    ASSERT_EQ(::stat((directory_ / "one.tif").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0440U);
    EXPECT_EQ(code_of(cache->place("blob_a", directory_ / "one.tif")), Code::Conflict);
    EXPECT_EQ(code_of(cache->place("absent", directory_ / "other")), Code::NotFound);
}

TEST_F(BlobCacheTest, UsesTheFilesOfALocalStoreAsTheyAre) {
    const auto local = open_local_store(directory_ / "store").value();
    const auto text = random_text(3'000'000, 9);
    ASSERT_TRUE(put(*local, "blob_a", text));
    const auto cache = BlobCache::open(*local, {directory_ / "cache", 10}).value();
    EXPECT_TRUE(content_of(cache->lease("blob_a").value()) == text);
    ASSERT_TRUE(cache->place("blob_a", directory_ / "work"));
    EXPECT_EQ(fs::hard_link_count(directory_ / "work"), 2U);
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(cache->bytes(), 0);
}

TEST_F(BlobCacheTest, CopiesAcrossFileSystems) {
    struct stat here{}, there{};
    if (::stat((directory_ / ".").c_str(), &here) != 0 || ::stat("/dev/shm", &there) != 0 ||
        here.st_dev == there.st_dev)
        GTEST_SKIP() << "there is no second file system";
    const auto local = open_local_store(directory_ / "store").value();
    ASSERT_TRUE(put(store_, "blob_a", "content"));
    ASSERT_TRUE(put(*local, "blob_a", "content"));
    const auto path = "/dev/shm/landfall-cache-test-" + std::to_string(::getpid());
    for (const ObjectStore* store :
         {static_cast<const ObjectStore*>(&store_), static_cast<const ObjectStore*>(local.get())}) {
        const auto cache = BlobCache::open(*store, {directory_ / "cache", 0}).value();
        ASSERT_TRUE(cache->place("blob_a", path));
        std::string text;
        std::getline(std::ifstream(path), text);
        fs::remove(path);
        EXPECT_EQ(text, "content");
    }
}

} // namespace
} // namespace landfall::storage

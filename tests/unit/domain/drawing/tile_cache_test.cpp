#include "domain/drawing/tile_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace landfall::domain {
namespace {

constexpr std::size_t kRoom = 1 << 20;

Result<Picture> drawn() {
    return Picture{"pixels", "image/png"};
}

Result<Picture> drawn_large() {
    return Picture{std::string(40, 'x'), "image/png"};
}

TEST(TileCache, DrawsOnceAndKeepsThePicture) {
    TileCache cache(kRoom);
    EXPECT_EQ(cache.get("a", drawn).value()->bytes, "pixels");
    EXPECT_EQ(cache.get("a", [] { return fail_internal("drawn again"); }).value()->bytes, "pixels");
    EXPECT_EQ(cache.stats().misses, 1U);
}

TEST(TileCache, ADrawingThatThrowsFailsThoseWhoWaitAndNotThoseWhoCome) {
    TileCache cache(kRoom);
    std::optional<Code> waiter_got;
    std::thread waiter;
    const auto draw = [&]() -> Result<Picture> {
        waiter = std::thread([&] {
            const auto answer = cache.get("a", drawn);
            waiter_got = answer ? std::nullopt : std::optional(answer.error().code);
        });
        while (cache.stats().hits == 0)
            std::this_thread::yield();
        throw std::runtime_error("no memory");
    };
    EXPECT_THROW((void)cache.get("a", draw), std::runtime_error);
    waiter.join();
    EXPECT_EQ(waiter_got, Code::Internal);
    EXPECT_TRUE(cache.get("a", drawn));
}

TEST(TileCache, LetsTheLeastRecentlyUsedPictureGoOnceItIsFull) {
    TileCache cache(900); // two with all that belongs to them
    for (const char* key : {"a", "b", "a", "c"})
        EXPECT_TRUE(cache.get(key, drawn_large));
    EXPECT_EQ(cache.stats().misses, 3U);
    EXPECT_GT(cache.stats().bytes, 2U * 41);
    EXPECT_LE(cache.stats().bytes, 900U);
    const auto drawn_again = [] { return fail_internal("drawn again"); };
    EXPECT_TRUE(cache.get("a", drawn_again));
    EXPECT_TRUE(cache.get("c", drawn_again));
    EXPECT_FALSE(cache.get("b", drawn_again));
}

TEST(TileCache, GivesAPictureThatDoesNotFitAndKeepsNothingOfIt) {
    TileCache cache(30);
    EXPECT_EQ(cache.get("a", drawn_large).value()->bytes.size(), 40U);
    EXPECT_EQ(cache.stats().bytes, 0U);
}

TEST(TileCache, AFailureIsToldAndForgotten) {
    TileCache cache(kRoom);
    EXPECT_EQ(cache.get("a", [] { return fail(Code::Unavailable, "later"); }).error().code, Code::Unavailable);
    EXPECT_TRUE(cache.get("a", drawn));
}

TEST(TileCache, LetsGoOfWhatNobodyAsksFor) {
    TileCache cache(kRoom);
    EXPECT_TRUE(cache.get("a", drawn));
    EXPECT_EQ(cache.expire(std::chrono::hours(1)), 0U);
    EXPECT_GT(cache.expire(std::chrono::seconds(-1)), 0U) << "as if a second had passed";
    EXPECT_EQ(cache.stats().bytes, 0U);
    EXPECT_TRUE(cache.get("a", drawn));
    EXPECT_EQ(cache.stats().misses, 2U);
}

} // namespace
} // namespace landfall::domain

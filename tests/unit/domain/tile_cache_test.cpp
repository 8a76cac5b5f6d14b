#include "domain/tile_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace landfall::domain {
namespace {

Result<Picture> drawn() {
    return Picture{"pixels", "image/png"};
}

TEST(TileCache, draws_once_and_keeps_the_picture) {
    TileCache cache;
    EXPECT_EQ(cache.get("a", drawn).value()->bytes, "pixels");
    EXPECT_EQ(cache.get("a", [] { return fail_internal("drawn again"); }).value()->bytes, "pixels");
    EXPECT_EQ(cache.stats().misses, 1U);
}

TEST(TileCache, a_drawing_that_throws_fails_those_who_wait_and_not_those_who_come) {
    TileCache cache;
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

} // namespace
} // namespace landfall::domain

#include "jobs/wire.hpp"

#include <gtest/gtest.h>

namespace landfall::jobs {
namespace {

TEST(Wire, AnOrderSurvivesTheWay) {
    SpawnOrder order{WorkerKind::ForService, "render", "/data/scratch/a\"b", {}};
    order.limits.memory_bytes = 5;
    order.limits.cpu = std::chrono::seconds(7);
    order.limits.scratch_bytes = 9;
    const auto back = decode_order(encode(order));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->kind, WorkerKind::ForService);
    EXPECT_EQ(back->name, "render");
    EXPECT_EQ(back->folder, order.folder);
    EXPECT_EQ(back->limits.memory_bytes, 5);
    EXPECT_EQ(back->limits.cpu.count(), 7);
    EXPECT_EQ(back->limits.scratch_bytes, 9);
}

TEST(Wire, AnErrorFromAHostileWorkerIsBoundedAndClean) {
    Error error(Code::NotFound, std::string(1 << 20, 'm'));
    for (int i = 0; i < 1000; ++i)
        error.fields.push_back({{"f"}, "bad", "value_error"});
    const Error back = decode_error(encode(error));
    EXPECT_EQ(back.code, Code::NotFound);
    EXPECT_LE(back.message.size(), 4096U);
    EXPECT_LE(back.fields.size(), 64U);
}

TEST(Wire, NonsenseIsAnInternalError) {
    for (const char* text : {"", "{", "[]", R"({"code":99})", R"({"code":-1})", R"({"code":"x"})"})
        EXPECT_EQ(decode_error(text).code, Code::Internal) << text;
}

TEST(Wire, AHostileWorkerAsksForAnHourOfPatienceAtMost) {
    EXPECT_EQ(decode_error(R"({"code":12,"retry":5})").retry_after_seconds, 5);
    EXPECT_EQ(decode_error(R"({"code":12,"retry":1000000000000})").retry_after_seconds, 3600);
    EXPECT_EQ(decode_error(R"({"code":12,"retry":-5})").retry_after_seconds, 0);
}

} // namespace
} // namespace landfall::jobs

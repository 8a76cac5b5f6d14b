#include "core/output.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

TEST(Output, WhatGoesOutIsNoFailure) {
    std::FILE* file = std::tmpfile();
    put(file, "{} of {}", 1, 2);
    put(file, "!");
    EXPECT_FALSE(output_failed(file));
    EXPECT_EQ(std::ftell(file), 7);
    std::fclose(file);
}

TEST(Output, AFullDeviceIsNoticedAndNotThrown) {
    std::FILE* file = std::fopen("/dev/full", "w");
    ASSERT_NE(file, nullptr);
    put(file, "lost");
    EXPECT_TRUE(output_failed(file));
    put(file, "and more");
    EXPECT_TRUE(output_failed(file)) << "for good";
    std::fclose(file);
}

} // namespace
} // namespace landfall

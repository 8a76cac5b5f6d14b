#include "app/server_lock.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace landfall::app {
namespace {

Config with_data(std::string folder) {
    Config config;
    config.data = std::move(folder);
    return config;
}

TEST(ServerLock, OneServerAtATimeForAnEmbeddedCatalog) {
    const testing::PrivateFolder folder;
    const Config config = with_data(folder / "data");
    {
        const auto first = ServerLock::claim(config);
        ASSERT_TRUE(first) << first.error().message;
        const auto second = ServerLock::claim(config);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, Code::Conflict);
        EXPECT_TRUE(ServerLock::claim(with_data(folder / "other")));
    }
    EXPECT_TRUE(ServerLock::claim(config));
}

TEST(ServerLock, FollowsNoLink) {
    const testing::PrivateFolder folder;
    std::filesystem::create_directory(folder / "data");
    std::filesystem::create_symlink(folder / "elsewhere", folder / "data/catalog.db.server");
    const auto lock = ServerLock::claim(with_data(folder / "data"));
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, Code::Unavailable);
    EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST(ServerLock, ServersOfPostgresqlShareTheirFolder) {
    const testing::PrivateFolder folder;
    Config config = with_data(folder / "data");
    config.database = "postgresql://nobody@127.0.0.1:1/none";
    const auto first = ServerLock::claim(config);
    const auto second = ServerLock::claim(config);
    EXPECT_TRUE(first && second);
}

} // namespace
} // namespace landfall::app

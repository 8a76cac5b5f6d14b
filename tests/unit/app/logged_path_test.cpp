#include "app/logged_path.hpp"

#include <gtest/gtest.h>

namespace landfall::app {
namespace {

TEST(LoggedPath, HidesTheSecretsOfLinks) {
    EXPECT_EQ(logged_path("/realms/public/invitation/s3cret"), "/realms/public/invitation/***");
    EXPECT_EQ(logged_path("/realms/public/password/s3cret"), "/realms/public/password/***");
    EXPECT_EQ(logged_path("/share/s3cret"), "/share/***");
    EXPECT_EQ(logged_path("/api/v1/share/s3cret/tiles/1/2/3.png"), "/api/v1/share/***/tiles/1/2/3.png");
}

TEST(LoggedPath, ShowsEverythingElse) {
    for (const char* path : {"/", "/healthz", "/realms/public/login", "/v1/op/share.link.create", "/api/v1/items/it_1"})
        EXPECT_EQ(logged_path(path), path);
}

} // namespace
} // namespace landfall::app

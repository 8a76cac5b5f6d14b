#include "storage/s3/address.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

namespace landfall::storage {
namespace {

S3Settings settings(std::string endpoint, std::string bucket, std::optional<bool> path_style = {}) {
    S3Settings out;
    out.endpoint = std::move(endpoint);
    out.bucket = std::move(bucket);
    out.region = "eu-central-2";
    out.path_style = path_style;
    return out;
}

TEST(Address, OfAmazonHasTheBucketInItsHost) {
    const auto address = BucketAddress::of(settings("", "maps")).value();
    EXPECT_EQ(address.origin(), "https://maps.s3.eu-central-2.amazonaws.com");
    EXPECT_EQ(address.host(), "maps.s3.eu-central-2.amazonaws.com");
    EXPECT_EQ(address.path("a/b"), "/a/b");
    EXPECT_EQ(address.path(""), "/");
}

TEST(Address, OfAnEndpointHasTheBucketInItsPath) {
    const auto address = BucketAddress::of(settings("http://127.0.0.1:7070/", "maps")).value();
    EXPECT_EQ(address.origin(), "http://127.0.0.1:7070");
    EXPECT_EQ(address.host(), "127.0.0.1:7070");
    EXPECT_EQ(address.path("a"), "/maps/a");
    EXPECT_EQ(address.path(""), "/maps");
}

TEST(Address, HasTheStyleThatIsAskedFor) {
    EXPECT_EQ(BucketAddress::of(settings("https://s3.example.org:443", "maps", false))->host(), "maps.s3.example.org");
    EXPECT_EQ(BucketAddress::of(settings("", "maps", true))->path("a"), "/maps/a");
}

TEST(Address, NamesTheSettingThatIsNone) {
    for (const char* endpoint :
         {"s3.example.org", "ftp://x", "http://", "https://x/path", "https://u@x", "https://x?q"})
        EXPECT_NE(BucketAddress::of(settings(endpoint, "maps")).error().message.find("s3.endpoint"), std::string::npos)
            << endpoint;
    for (const char* bucket : {"", "ab", "a/b", "a b", "../maps"})
        EXPECT_NE(BucketAddress::of(settings("", bucket)).error().message.find("s3.bucket"), std::string::npos)
            << bucket;
}

} // namespace
} // namespace landfall::storage

#include "core/endpoint.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

TEST(ParseEndpoint, TakesAddressAndPortApart) {
    const std::pair<const char*, Endpoint> good[] = {{"127.0.0.1:8080", {"127.0.0.1", 8080}},
                                                     {"[::1]:80", {"::1", 80}},
                                                     {":0", {"", 0}},
                                                     {"host:65535", {"host", 65535}}};
    for (const auto& [text, wanted] : good) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << text;
        EXPECT_EQ(endpoint->address, wanted.address);
        EXPECT_EQ(endpoint->port, wanted.port);
    }
}

TEST(ParseEndpoint, RefusesWhatHasNoPort) {
    for (const char* bad : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", ":65536", ":-1", ":1x"}) {
        const auto endpoint = parse_endpoint(bad);
        ASSERT_FALSE(endpoint) << bad;
        EXPECT_EQ(endpoint.error().code, Code::InvalidArgument);
    }
}

} // namespace
} // namespace landfall

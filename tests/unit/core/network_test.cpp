#include "core/network.hpp"

#include <gtest/gtest.h>

namespace landfall {
namespace {

TEST(Network, HoldsTheAddressesOfItsPrefix) {
    const struct {
        const char* network;
        const char* address;
        bool inside;
    } cases[] = {{"10.0.0.0/8", "10.255.0.1", true},
                 {"10.0.0.0/8", "11.0.0.0", false},
                 {"10.0.0.0/8", "::ffff:10.1.2.3", true},
                 {"192.168.4.0/22", "192.168.7.255", true},
                 {"192.168.4.0/22", "192.168.8.0", false},
                 {"127.0.0.1", "127.0.0.1", true},
                 {"127.0.0.1", "127.0.0.2", false},
                 {"0.0.0.0/0", "203.0.113.9", true},
                 {"0.0.0.0/0", "2001:db8::1", false},
                 {"::/0", "203.0.113.9", true},
                 {"2001:db8::/33", "2001:db8:7fff::", true},
                 {"2001:db8::/33", "2001:db8:8000::", false},
                 {"::1/128", "::1", true},
                 {"10.0.0.0/8", "nonsense", false},
                 {"10.0.0.0/8", "", false}};
    for (const auto& [text, address, inside] : cases) {
        const auto network = Network::parse(text);
        ASSERT_TRUE(network) << text;
        EXPECT_EQ(network->contains(address), inside) << text << " " << address;
    }
}

TEST(Network, RefusesWhatIsNone) {
    for (const char* bad : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "host", "1.2.3.4/8x",
                            "[::1]", "1.2.3.4:80", "10.0.0.0/8/8"})
        EXPECT_FALSE(Network::parse(bad)) << bad;
    EXPECT_TRUE(is_address("::1"));
    EXPECT_FALSE(is_address("::1/64"));
}

TEST(Network, HostsOfOneSubnetAreOne) {
    EXPECT_EQ(network_of("203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(network_of("2001:db8::1"), network_of("2001:db8::ffff:1"));
    EXPECT_NE(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"));
    EXPECT_EQ(network_of("@"), "@");
}

} // namespace
} // namespace landfall

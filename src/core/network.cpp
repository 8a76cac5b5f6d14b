#include "core/network.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>

namespace landfall {
namespace {

constexpr std::array<std::string_view, 8> kPrivate{"10.0.0.0/8",  "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                                                   "127.0.0.0/8", "::1/128",       "fc00::/7",       "fe80::/10"};
constexpr int kMappedBits = 96; ///< ::ffff:0:0/96 holds the IPv4 addresses

} // namespace

std::optional<Network::Bytes> Network::bytes_of(std::string_view address) {
    const std::string text(address);
    Bytes bytes{};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
        return bytes;
    bytes[10] = bytes[11] = 0xFF;
    if (::inet_pton(AF_INET, text.c_str(), bytes.data() + kMappedBits / 8) == 1)
        return bytes;
    return std::nullopt;
}

std::optional<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto bytes = bytes_of(address);
    if (!bytes || address.size() >= INET6_ADDRSTRLEN)
        return std::nullopt;
    const int before = address.find(':') == std::string_view::npos ? kMappedBits : 0;
    Network network;
    network.bytes_ = *bytes;
    network.prefix_ = 128;
    if (slash == std::string_view::npos)
        return network;
    const auto length = number_in<int>(text.substr(slash + 1));
    if (!length || *length < 0 || *length > 128 - before)
        return std::nullopt;
    network.prefix_ = before + *length;
    return network;
}

bool Network::contains(std::string_view address) const {
    const auto bytes = bytes_of(address);
    if (!bytes)
        return false;
    for (int bit = 0; bit < prefix_; bit += 8) {
        const auto mask = static_cast<std::uint8_t>(prefix_ - bit >= 8 ? 0xFF : 0xFF << (8 - (prefix_ - bit)));
        const auto at = static_cast<std::size_t>(bit / 8);
        if (((*bytes)[at] ^ bytes_[at]) & mask)
            return false;
    }
    return true;
}

bool is_address(std::string_view text) {
    return text.find('/') == std::string_view::npos && Network::parse(text).has_value();
}

bool is_private_address(std::string_view text) {
    static const std::array<Network, 8> networks = [] {
        std::array<Network, 8> all;
        std::transform(kPrivate.begin(), kPrivate.end(), all.begin(),
                       [](std::string_view network) { return Network::parse(network).value_or(Network()); });
        return all;
    }();
    return any_contains(networks, text);
}

bool any_contains(std::span<const Network> networks, std::string_view address) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return network.contains(address); });
}

std::string network_of(std::string_view address) {
    std::array<char, sizeof(in6_addr)> bytes{};
    std::string text(address);
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
        return text;
    return to_hex(std::string_view(bytes.data(), bytes.size() / 2)) + "/64";
}

} // namespace landfall

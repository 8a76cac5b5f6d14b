#pragma once
/// Addresses of the Internet Protocol and networks of them. Spec: RFC 4632, RFC 4291.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landfall {

/// `10.0.0.0/8`, `2001:db8::/32`, or a single address. IPv4 addresses mapped into IPv6 are IPv4 addresses.
class Network {
public:
    /// Nothing for other text.
    static std::optional<Network> parse(std::string_view text);
    /// False for text that is no address.
    bool contains(std::string_view address) const;

private:
    using Bytes = std::array<std::uint8_t, 16>;
    static std::optional<Bytes> bytes_of(std::string_view address);

    Bytes bytes_{};
    int prefix_ = 0; ///< bits of the 128
};

bool is_address(std::string_view text);
/// Of this machine or of a network that is not routed on the Internet. Spec: RFC 1918, RFC 4193, RFC 3927, RFC 4291.
bool is_private_address(std::string_view text);
bool any_contains(std::span<const Network> networks, std::string_view address);

/// Who shares an address, as far as it tells: an IPv4 address, or the /64 network of an IPv6 one, whose hosts choose
/// the rest as they like. Other text is its own.
std::string network_of(std::string_view address);

} // namespace landfall

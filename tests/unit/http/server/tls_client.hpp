#pragma once
/// TLS for tests: a self-signed identity in a temporary folder, and a client that trusts anyone.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace landfall::http::testing {

/// Certificate and key in two PEM files, removed at the end.
class TlsIdentity {
public:
    TlsIdentity();
    ~TlsIdentity();
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;
    std::string certificate() const { return folder_ + "/certificate.pem"; }
    std::string key() const { return folder_ + "/key.pem"; }

private:
    std::string folder_;
};

class TlsClient {
public:
    explicit TlsClient(std::uint16_t port);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool connected() const { return connected_; }
    /// The protocol that ALPN chose.
    std::string protocol() const;
    /// Sends and reads until the input ends with `tail`.
    std::string ask(std::string_view request, std::string_view tail);
    /// Sends and reads an answer whose body has that many bytes.
    std::string ask_bytes(std::string_view request, std::size_t bytes);

private:
    bool receive();
    void send(std::string_view bytes);

    int descriptor_ = -1;
    ssl_ctx_st* context_ = nullptr;
    ssl_st* session_ = nullptr;
    bool connected_ = false;
    std::string input_;
};

} // namespace landfall::http::testing

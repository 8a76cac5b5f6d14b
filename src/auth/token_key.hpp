#pragma once
/// Key pairs that sign tokens: ES256, which is ECDSA over P-256 with SHA-256. Spec: RFC 7518 section 3.4.

#include "core/result.hpp"
#include "schema/json.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace landfall::auth {

/// Immutable; copies share the key. Thread-safe.
class TokenKey {
public:
    /// Internal if the cryptographic library fails, here and below.
    static Result<TokenKey> generate();
    /// The key pair of a private key as `to_pem` writes it.
    static Result<TokenKey> from_pem(std::string_view pem);

    /// The private key, PKCS #8.
    Result<std::string> to_pem() const;
    /// The thumbprint of the public key. Spec: RFC 7638.
    const std::string& id() const;
    /// The public key for others to verify with: a JWK. Spec: RFC 7517.
    Json jwk() const;

    /// 64 bytes.
    Result<std::string> sign(std::string_view text) const;
    bool verify(std::string_view text, std::string_view signature) const;

private:
    struct Pair;
    explicit TokenKey(std::shared_ptr<const Pair> pair) : pair_(std::move(pair)) {}
    static Result<TokenKey> of(std::shared_ptr<Pair> pair);

    std::shared_ptr<const Pair> pair_;
};

} // namespace landfall::auth

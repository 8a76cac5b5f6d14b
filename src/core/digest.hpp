#pragma once
/// Running digests of the cryptographic library.

#include "core/result.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace landfall {

enum class DigestKind { Md5, Sha1, Sha256 };

/// The digest of one stream of bytes. A failure of the library sticks. One thread at a time. Movable.
class Digest {
public:
    explicit Digest(DigestKind kind);
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void update(std::span<const std::byte> bytes);
    /// Raw digest of all bytes so far; more may follow. Internal if the library has not got it.
    Result<std::string> value() const;

private:
    struct Context;
    std::unique_ptr<Context> context_; ///< null once the library failed
};

/// HMAC-SHA256 of a text, raw (32 bytes). Spec: RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view text);

} // namespace landfall

#pragma once
/// The checksums that S3 clients may declare beside Content-MD5 and SHA-256: reckoned only when they are.

#include "core/result.hpp"
#include "storage/s3_wire.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::storage {

/// CRC-32, CRC-32C, CRC-64/NVME and SHA-1 of one body, as far as its headers name them. One thread at a time. Free of
/// cost without any.
class DeclaredChecksums {
public:
    /// Takes `x-amz-checksum-crc32`, `-crc32c`, `-crc64nvme` and `-sha1` from the request's headers.
    explicit DeclaredChecksums(const std::function<std::optional<std::string>(std::string_view name)>& header);
    DeclaredChecksums(DeclaredChecksums&&) noexcept;
    DeclaredChecksums& operator=(DeclaredChecksums&&) noexcept;
    ~DeclaredChecksums();

    /// `InvalidDigest` if a header is not base64 of as many bytes as its checksum has; null if all are.
    const S3Error* check_form() const;

    void update(std::span<const std::byte> bytes);

    /// `BadDigest` if the bytes are not those declared; null if they are.
    const S3Error* check() const;

    /// The headers as they were sent, for the answer.
    std::vector<std::pair<std::string, std::string>> headers() const;

private:
    struct Declared;
    std::vector<Declared> all_;
};

} // namespace landfall::storage

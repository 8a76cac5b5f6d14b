#pragma once
/// What a store may offer beside ObjectStore where its blobs come and go over a network: both are asked for here, and
/// every store and reader can do without.

#include "storage/object_store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace landfall::storage {

/// Of a store that does better if it knows how many bytes come. Thread-safe.
class SizedStore {
public:
    virtual ~SizedStore() = default;
    /// As `ObjectStore::create`; PayloadTooLarge for more bytes than it takes in one go.
    virtual Result<std::unique_ptr<BlobWriter>> create_sized(std::string_view key,
                                                             std::optional<std::int64_t> size) = 0;
};

/// Begins a blob of so many bytes, if that is known. Fails as `create` and `create_sized` do.
Result<std::unique_ptr<BlobWriter>> create_blob(ObjectStore& store, std::string_view key,
                                                std::optional<std::int64_t> size);

/// Bytes of a blob one after the other. One thread at a time.
class BlobStream {
public:
    virtual ~BlobStream() = default;
    /// The next bytes, at most `into.size()`; 0 at the end. Unavailable if the store fails.
    virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// Of a reader that can ask for bytes before they are taken. Thread-safe.
class StreamReader {
public:
    virtual ~StreamReader() = default;
    /// `length` bytes from `offset` on, within the blob, also after this reader is gone.
    virtual std::unique_ptr<BlobStream> stream(std::int64_t offset, std::int64_t length) const = 0;
};

/// `length` bytes from `offset` on, within the blob, read ahead where that helps. The reader must outlive the stream.
std::unique_ptr<BlobStream> open_stream(const BlobReader& reader, std::int64_t offset, std::int64_t length);

} // namespace landfall::storage

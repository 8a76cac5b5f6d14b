#include "serving/blob_body.hpp"

#include <utility>

namespace landfall::serving {
namespace {

/// The bytes of a blob from one offset to another.
class BlobSource final : public http::BodySource {
public:
    BlobSource(std::shared_ptr<const storage::BlobReader> reader, std::int64_t offset, std::int64_t length)
        : reader_(std::move(reader)), stream_(reader_->stream(offset, length)) {}

    Result<std::size_t> read(std::span<std::byte> into) override { return stream_->read(into); }

private:
    std::shared_ptr<const storage::BlobReader> reader_;
    std::unique_ptr<storage::BlobStream> stream_;
};

} // namespace

http::Body body_of(const std::shared_ptr<const storage::BlobReader>& reader, std::int64_t size) {
    if (const auto descriptor = reader->descriptor())
        return http::FileBody{reader, *descriptor, 0, size};
    return http::PulledBody{
        [reader](std::int64_t offset, std::int64_t length) -> Result<std::unique_ptr<http::BodySource>> {
            return std::make_unique<BlobSource>(reader, offset, length);
        },
        0, size};
}

} // namespace landfall::serving

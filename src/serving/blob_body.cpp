#include "serving/blob_body.hpp"

#include <algorithm>
#include <utility>

namespace landfall::serving {
namespace {

/// The bytes of a blob from one offset to another.
class BlobSource final : public http::BodySource {
public:
    BlobSource(std::shared_ptr<const storage::BlobReader> reader, std::int64_t offset, std::int64_t length)
        : reader_(std::move(reader)), at_(offset), end_(offset + length) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        const auto left = static_cast<std::size_t>(end_ - at_);
        TRY(const std::size_t got, reader_->read(at_, into.first(std::min(into.size(), left))));
        at_ += static_cast<std::int64_t>(got);
        return got;
    }

private:
    std::shared_ptr<const storage::BlobReader> reader_;
    std::int64_t at_;
    std::int64_t end_;
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

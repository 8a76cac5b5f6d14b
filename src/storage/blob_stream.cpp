#include "storage/object_store.hpp"

#include <algorithm>

namespace landfall::storage {
namespace {

/// Reads by position.
class PlainStream final : public BlobStream {
public:
    PlainStream(const BlobReader& reader, std::int64_t offset, std::int64_t length)
        : reader_(reader), at_(offset), end_(offset + length) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        const auto left = static_cast<std::size_t>(end_ - at_);
        TRY(const std::size_t got, reader_.read(at_, into.first(std::min(into.size(), left))));
        at_ += static_cast<std::int64_t>(got);
        return got;
    }

private:
    const BlobReader& reader_;
    std::int64_t at_;
    std::int64_t end_;
};

} // namespace

std::unique_ptr<BlobStream> BlobReader::stream(std::int64_t offset, std::int64_t length) const {
    return std::make_unique<PlainStream>(*this, offset, length);
}

} // namespace landfall::storage

#include "storage/transfer.hpp"

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

Result<std::unique_ptr<BlobWriter>> create_blob(ObjectStore& store, std::string_view key,
                                                std::optional<std::int64_t> size) {
    if (auto* const sized = dynamic_cast<SizedStore*>(&store))
        return sized->create_sized(key, size);
    return store.create(key);
}

std::unique_ptr<BlobStream> open_stream(const BlobReader& reader, std::int64_t offset, std::int64_t length) {
    if (const auto* const ahead = dynamic_cast<const StreamReader*>(&reader))
        return ahead->stream(offset, length);
    return std::make_unique<PlainStream>(reader, offset, length);
}

} // namespace landfall::storage

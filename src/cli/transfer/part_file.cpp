#include "cli/transfer/part_file.hpp"

#include <algorithm>
#include <array>

namespace landfall::cli {
namespace {

constexpr std::size_t kSignedAtOnce = 100;
constexpr std::size_t kChunk = std::size_t{1} << 16U; ///< bytes

bool is_url(const std::string& url) {
    return url.starts_with("http://") || url.starts_with("https://");
}

/// The MD5 of what lies there, hexadecimal.
Result<std::string> md5_of(const std::string& path, FileRange range) {
    Meter unused;
    TRY(const auto source, FileSource::open(path, {unused}, range));
    std::array<char, kChunk> buffer{};
    for (std::size_t got = 1; got > 0;) {
        TRY(got, source->read(buffer));
    }
    return source->md5();
}

} // namespace

int PartFile::count() const {
    return static_cast<int>(std::max<std::int64_t>(1, (size_ + part_size_ - 1) / part_size_));
}

FileRange PartFile::range(int number) const {
    const std::int64_t offset = part_size_ * (number - 1);
    return {offset, std::min(part_size_, size_ - offset)};
}

std::vector<int> PartFile::missing() const {
    const Lock lock(mutex_);
    std::vector<int> numbers;
    for (int number = 1; number <= count(); ++number)
        if (!etags_.contains(number))
            numbers.push_back(number);
    return numbers;
}

std::int64_t PartFile::present_bytes() const {
    const Lock lock(mutex_);
    std::int64_t bytes = 0;
    for (const auto& [number, etag] : etags_)
        bytes += range(number).length;
    return bytes;
}

bool PartFile::stored(int number, std::string etag) {
    const Lock lock(mutex_);
    etags_.insert_or_assign(number, std::move(etag));
    return static_cast<int>(etags_.size()) == count();
}

Result<PartAddress> PartFile::address(int number, const SharedClient& client) {
    const Lock lock(mutex_); // others that need addresses wait for those that come
    if (const auto known = addresses_.find(number); known != addresses_.end())
        return known->second;
    std::vector<int> numbers;
    for (int next = number; next <= count() && numbers.size() < kSignedAtOnce; ++next)
        if (next == number || !etags_.contains(next))
            numbers.push_back(next);
    TRY(auto fresh, sign(numbers, client));
    for (auto& [at, address] : fresh)
        if (is_url(address.url))
            addresses_.insert_or_assign(at, std::move(address));
    const auto known = addresses_.find(number);
    if (known == addresses_.end())
        return fail(Code::Internal, "The server gave no usable upload URL; check its public_url setting");
    return known->second;
}

void PartFile::forget_address(int number) {
    const Lock lock(mutex_);
    addresses_.erase(addresses_.find(number), addresses_.end()); // those that were asked for with it are no younger
}

void PartFile::know(Addresses addresses) {
    const Lock lock(mutex_);
    addresses_ = std::move(addresses);
}

PartFile::Etags PartFile::etags() const {
    const Lock lock(mutex_);
    return etags_;
}

Status note_stored(PartFile& file, const std::string& path, const std::map<int, std::string>& md5_by_number) {
    for (const auto& [number, md5] : md5_by_number) {
        if (number < 1 || number > file.count())
            continue;
        TRY(const auto digest, md5_of(path, file.range(number)));
        if (digest == md5)
            file.stored(number, digest);
    }
    return {};
}

} // namespace landfall::cli

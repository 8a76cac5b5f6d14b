#include "cli/stac/asset_file.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::cli {
namespace {

constexpr std::int64_t kMostParts = 100;
constexpr std::int64_t kLeastPart = 5LL << 20;          ///< bytes, of all parts but the last
constexpr std::int64_t kMostPart = 5'000'000'000;       ///< bytes
constexpr std::int64_t kRound = 1LL << 20;              ///< bytes
constexpr std::size_t kChunk = std::size_t{256} << 10U; ///< bytes

} // namespace

Result<std::int64_t> asset_part_size(std::int64_t size, std::optional<std::int64_t> wanted) {
    const std::int64_t least = (size + kMostParts - 1) / kMostParts;
    const std::int64_t rounded = (least + kRound - 1) / kRound * kRound;
    if (size == 0)
        return fail(Code::InvalidArgument, "A file without bytes can't be that of an asset");
    if (least > kMostPart)
        return fail(Code::InvalidArgument, "A file of more than 100 parts of 5 GB can't be that of an asset");
    if (!wanted)
        return std::min(std::max(kUsualPart, rounded), kMostPart);
    if (*wanted > kMostPart)
        return fail(Code::InvalidArgument, "--part-size is at most 5GB");
    if (size > *wanted && *wanted < kLeastPart)
        return fail(Code::InvalidArgument, "--part-size is at least 5MiB, where a file has several parts");
    if (*wanted < least)
        return fail(Code::InvalidArgument,
                    fmt::format("A file has at most 100 parts: --part-size must be {}MiB or more", rounded / kRound));
    return *wanted;
}

Result<AnnouncedFile> announce(const LocalFile& file, std::int64_t part_size, const Reading& reading) {
    AnnouncedFile announced{file, part_size, {}, {}};
    Digest whole(DigestKind::Sha256);
    std::vector<char> buffer(kChunk);
    for (std::int64_t offset = 0; offset < file.size; offset += part_size) {
        TRY(const auto source, FileSource::open(file.path, {reading.meter}, {offset, part_size}));
        if (source->file_size() != file.size)
            return fail(Code::Internal, fmt::format("'{}' changed while it was read", file.path));
        for (std::size_t got = 1; got > 0;) {
            TRY(got, source->read(buffer));
            whole.update(std::as_bytes(std::span(buffer).first(got)));
            reading.tick();
            if (reading.stop.stop_requested())
                return fail(Code::Canceled, "Interrupted");
        }
        TRY(const auto md5, source->md5());
        announced.md5s.push_back(from_hex(md5).value_or(""));
    }
    TRY(const auto sha256, whole.value());
    announced.checksum = multihash_sha256(sha256);
    return announced;
}

} // namespace landfall::cli

#include "backup/bytes.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <fcntl.h>
#include <functional>
#include <span>
#include <vector>

namespace landfall::backup {
namespace {

constexpr std::size_t kStep = std::size_t{1} << 20U; ///< bytes

using Read = std::function<Result<std::size_t>(std::int64_t offset, std::span<std::byte> into)>;
using Take = std::function<Status(std::int64_t offset, std::span<const std::byte> bytes)>;

Result<Facts> pass_on(const Read& read, const Take& take) {
    std::vector<std::byte> buffer(kStep);
    Digest digest(DigestKind::Sha256);
    Facts facts;
    while (true) {
        TRY(const std::size_t got, read(facts.bytes, buffer));
        if (got == 0)
            break;
        const auto bytes = std::span<const std::byte>(buffer).first(got);
        digest.update(bytes);
        CHECK_OK(take(facts.bytes, bytes));
        facts.bytes += static_cast<std::int64_t>(got);
    }
    TRY(const std::string value, digest.value());
    facts.sha256 = to_hex(value);
    return facts;
}

Read reading(int file) {
    return [file](std::int64_t offset, std::span<std::byte> into) { return storage::read_fully(file, offset, into); };
}

} // namespace

Result<Facts> facts_of(int file) {
    return pass_on(reading(file), [](std::int64_t, std::span<const std::byte>) { return Status(); });
}

Result<Facts> facts_of_blob(const storage::BlobReader& blob) {
    return pass_on([&](std::int64_t offset, std::span<std::byte> into) { return blob.read(offset, into); },
                   [](std::int64_t, std::span<const std::byte>) { return Status(); });
}

Result<Facts> facts_on_disk(int file) {
    (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    return facts_of(file);
}

Result<Facts> copy_blob(const storage::BlobReader& from, const Folder& folder, int to) {
    return pass_on([&](std::int64_t offset, std::span<std::byte> into) { return from.read(offset, into); },
                   [&](std::int64_t offset, std::span<const std::byte> bytes) -> Status {
                       auto written = storage::write_fully(to, offset, bytes);
                       if (!written)
                           return fail(cannot_write(folder, written.error()));
                       return written;
                   });
}

Result<Facts> copy_file(int from, storage::BlobWriter& to) {
    return pass_on(reading(from), [&](std::int64_t, std::span<const std::byte> bytes) { return to.write(bytes); });
}

Result<Facts> copy_file(int from, int to) {
    return pass_on(reading(from), [&](std::int64_t offset, std::span<const std::byte> bytes) {
        return storage::write_fully(to, offset, bytes);
    });
}

Error cannot_write(const Folder& folder, const Error& why) {
    return Error{Code::Unavailable,
                 fmt::format("The backup at {} cannot be written: is its disk full? Run the command again once it can",
                             folder.path())}
        .because(why.cause);
}

} // namespace landfall::backup

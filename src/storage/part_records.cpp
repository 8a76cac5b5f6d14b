#include "storage/part_records.hpp"

#include "core/numbers.hpp"
#include "core/text.hpp"
#include "storage/crc.hpp"
#include "storage/file_io.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

constexpr std::int64_t kCopyBytes = 256;
constexpr std::int64_t kSlotBytes = 2 * kCopyBytes;
constexpr mode_t kMode = 0640;

/// Bytes of a slot that stand for rights; they are locked, whatever is in them.
enum class Right : std::uint8_t { WriteInPlace, Record };

std::int64_t slot_of(int number) {
    return kSlotBytes * (number - 1);
}

struct ::flock lock_of(int number, Right right) {
    struct ::flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = slot_of(number) + static_cast<std::int64_t>(right);
    lock.l_len = 1;
    return lock;
}

/// One of the copies in a slot.
struct Copy {
    std::uint64_t version = 0; ///< counts from one
    PartRecord record;
};

std::string checksum_of(std::string_view text) {
    Crc32c crc;
    crc.update(std::as_bytes(std::span(text)));
    return to_hex(crc.value());
}

std::string text_of(const Copy& copy) {
    const PartInfo& info = copy.record.info;
    const std::string text = fmt::format("{} {} {} {} {} {} ", copy.version, info.size, to_hex(info.md5),
                                         to_hex(info.sha256), to_hex(info.crc32c), copy.record.file);
    return text + checksum_of(text) + "\n";
}

/// Nothing for a copy that was never written, or not to its end.
std::optional<Copy> parse_copy(int number, std::string_view bytes) {
    const auto end = bytes.find('\n');
    const auto checksum = bytes.substr(0, end).rfind(' ');
    if (end == std::string_view::npos || checksum == std::string_view::npos ||
        bytes.substr(checksum + 1, end - checksum - 1) != checksum_of(bytes.substr(0, checksum + 1)))
        return std::nullopt;
    std::string_view rest = bytes.substr(0, checksum + 1);
    const auto next = [&rest] {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        return word;
    };
    Copy copy;
    copy.version = number_in<std::uint64_t>(next()).value_or(0);
    copy.record.info.number = number;
    copy.record.info.size = number_in<std::int64_t>(next()).value_or(0);
    copy.record.info.md5 = from_hex(next()).value_or("");
    copy.record.info.sha256 = from_hex(next()).value_or("");
    copy.record.info.crc32c = from_hex(next()).value_or("");
    copy.record.file = next();
    return copy;
}

/// What a slot says, and which of its copies the next record replaces.
struct Slot {
    std::optional<Copy> latest;
    int next = 0;
};

Slot parse_slot(int number, std::string_view bytes) {
    std::array<std::optional<Copy>, 2> copies;
    for (std::size_t i = 0; i < copies.size(); ++i)
        if (const auto from = i * static_cast<std::size_t>(kCopyBytes); from < bytes.size())
            copies.at(i) = parse_copy(number, bytes.substr(from, static_cast<std::size_t>(kCopyBytes)));
    const auto version = [&](std::size_t i) { return copies.at(i) ? copies.at(i)->version : 0; };
    const std::size_t latest = version(1) > version(0) ? 1 : 0;
    return {std::move(copies.at(latest)), latest == 0 && version(0) > 0 ? 1 : 0};
}

Result<std::string> read_text(int file, std::int64_t offset, std::int64_t bytes) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    TRY(const std::size_t got, read_fully(file, offset, std::as_writable_bytes(std::span(text))));
    text.resize(got);
    return text;
}

Result<Slot> read_slot(int file, int number) {
    TRY(const auto text, read_text(file, slot_of(number), kSlotBytes));
    return parse_slot(number, text);
}

std::optional<PartRecord> record_in(Slot slot) {
    return slot.latest ? std::optional(std::move(slot.latest->record)) : std::nullopt;
}

Result<struct stat> status_of(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0)
        return fail(store_failure(errno, "look at the records of an upload"));
    return status;
}

} // namespace

Status PartRecords::make(int folder) {
    const Descriptor file(::openat(folder, kName, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
    return file ? sync_file(file.get()) : fail(store_failure(errno, "create the records of an upload"));
}

Result<PartRecords> PartRecords::open(int folder) {
    Descriptor file(::openat(folder, kName, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return no_such_upload();
    if (!file)
        return fail(store_failure(errno, "open the records of an upload"));
    return PartRecords(std::move(file));
}

Result<std::vector<PartRecord>> PartRecords::all() const {
    TRY(const auto size, file_size(file_.get()));
    TRY(const auto text, read_text(file_.get(), 0, std::min(size, kSlotBytes * kMostParts)));
    std::vector<PartRecord> out;
    int number = 1;
    for (std::string_view rest = text; !rest.empty(); ++number) {
        const auto slot = rest.substr(0, static_cast<std::size_t>(kSlotBytes));
        if (auto record = record_in(parse_slot(number, slot)))
            out.push_back(*std::move(record));
        rest.remove_prefix(slot.size());
    }
    return out;
}

Result<std::optional<PartRecord>> PartRecords::find(int number) const {
    TRY(auto slot, read_slot(file_.get(), number));
    return record_in(std::move(slot));
}

Result<std::optional<PartRecord>> PartRecords::put(const PartRecord& record) const {
    const int number = record.info.number;
    auto lock = lock_of(number, Right::Record);
    while (::fcntl(file_.get(), F_OFD_SETLKW, &lock) != 0)
        if (errno != EINTR)
            return fail(store_failure(errno, "lock the record of a part"));
    TRY(auto slot, read_slot(file_.get(), number));
    std::string text = text_of({slot.latest ? slot.latest->version + 1 : 1, record});
    if (text.size() > static_cast<std::size_t>(kCopyBytes))
        return fail_internal("the record of a part is too long");
    text.resize(static_cast<std::size_t>(kCopyBytes));
    CHECK_OK(write_fully(file_.get(), slot_of(number) + slot.next * kCopyBytes, std::as_bytes(std::span(text))));
    if (::fdatasync(file_.get()) != 0)
        return fail(store_failure(errno, "sync the record of a part"));
    lock.l_type = F_UNLCK;
    ::fcntl(file_.get(), F_OFD_SETLK, &lock);
    TRY(const auto status, status_of(file_.get()));
    if (status.st_nlink == 0)
        return no_such_upload();
    return record_in(std::move(slot));
}

bool PartRecords::claim(int number) const {
    auto lock = lock_of(number, Right::WriteInPlace);
    return ::fcntl(file_.get(), F_OFD_SETLK, &lock) == 0;
}

Result<std::time_t> PartRecords::changed_at() const {
    TRY(const auto status, status_of(file_.get()));
    return status.st_mtime;
}

} // namespace landfall::storage

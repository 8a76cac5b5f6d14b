#include "raster/open/zip_archive.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <unistd.h>
#include <zlib.h>

namespace landfall::raster {
namespace {

constexpr std::uint32_t kLocalMark = 0x04034b50;
constexpr std::uint32_t kCentralMark = 0x02014b50;
constexpr std::uint32_t kEndMark = 0x06054b50;
constexpr std::uint32_t kEnd64Mark = 0x06064b50;
constexpr std::uint32_t kLocator64Mark = 0x07064b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kBuffer = 64U << 10U;
constexpr std::uint64_t kMaxDirectory = 16U << 20U;

std::uint64_t number(std::string_view bytes, std::size_t at, unsigned size) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size && at + i < bytes.size(); ++i)
        value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return value;
}

tl::unexpected<Error> refuse(std::string_view what) {
    return fail(Code::InvalidArgument, fmt::format("The ZIP archive cannot be used: {}.", what));
}

tl::unexpected<Error> damaged(std::string_view what) {
    return fail(Code::InvalidArgument, fmt::format("The ZIP archive is damaged: {}. Pack and upload it again.", what));
}

std::string quoted(std::string_view name) {
    return '"' + clean_utf8(name, 200) + '"';
}

struct Directory {
    std::uint64_t entries = 0, offset = 0, size = 0;
};

Result<Directory> find_directory(const FileReader& file) {
    const std::uint64_t tail_size = std::min<std::uint64_t>(file.size(), kEndSize + 0xffff);
    const std::uint64_t tail_start = file.size() - tail_size;
    const std::string tail = file.text(tail_start, static_cast<std::size_t>(tail_size));
    if (tail.size() < kEndSize)
        return damaged("it has no directory at its end");
    for (std::size_t at = tail.size() - kEndSize + 1; at-- > 0;) {
        if (number(tail, at, 4) != kEndMark || at + kEndSize + number(tail, at + 20, 2) > tail.size())
            continue;
        if (number(tail, at + 4, 2) != number(tail, at + 6, 2))
            return refuse("it is one part of a split archive");
        Directory found{number(tail, at + 10, 2), number(tail, at + 16, 4), number(tail, at + 12, 4)};
        if (at >= 20 && number(tail, at - 20, 4) == kLocator64Mark) {
            const std::string end64 = file.text(number(tail, at - 12, 8), 56);
            if (end64.size() < 56 || number(end64, 0, 4) != kEnd64Mark)
                return damaged("its ZIP64 directory is not where it should be");
            found = {number(end64, 32, 8), number(end64, 48, 8), number(end64, 40, 8)};
        }
        if (found.size > file.size() || found.offset > file.size() - found.size)
            return damaged("its directory lies outside the file");
        return found;
    }
    return damaged("it has no directory at its end; it may be truncated");
}

/// Replaces the 32-bit fields that say "see ZIP64" by the values of the extra field.
void apply_zip64(ZipEntry& entry, std::string_view extra) {
    while (extra.size() >= 4) {
        const std::uint64_t id = number(extra, 0, 2);
        const auto length = static_cast<std::size_t>(number(extra, 2, 2));
        if (length > extra.size() - 4)
            return;
        if (id == 1) {
            std::string_view values = extra.substr(4, length);
            for (std::uint64_t* const field : {&entry.size, &entry.packed_size, &entry.header_offset}) {
                if (*field == 0xffffffff && values.size() >= 8) {
                    *field = number(values, 0, 8);
                    values.remove_prefix(8);
                }
            }
        }
        extra.remove_prefix(4 + length);
    }
}

bool is_unsafe_name(std::string_view name) {
    if (name.empty() || name[0] == '/' || name.find('\0') != std::string_view::npos ||
        (name.size() > 1 && name[1] == ':'))
        return true;
    while (!name.empty()) {
        const std::size_t slash = name.find('/');
        if (name.substr(0, slash) == "..")
            return true;
        name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    }
    return false;
}

/// What forbids an entry, told from its central header; empty if nothing does.
std::string entry_fault(std::string_view header, const ZipEntry& entry) {
    const std::uint64_t flags = number(header, 8, 2);
    const std::uint64_t method = number(header, 10, 2);
    const std::uint64_t unix_mode = number(header, 38, 4) >> 16U;
    if (is_unsafe_name(entry.name))
        return fmt::format("the name {} leads out of the archive", quoted(entry.name));
    if ((flags & 0x41U) != 0)
        return fmt::format("{} is encrypted", quoted(entry.name));
    if (number(header, 5, 1) == 3 && (unix_mode & 0170000U) != 0 && (unix_mode & 0170000U) != 0100000U &&
        (unix_mode & 0170000U) != 0040000U)
        return fmt::format("{} is a link or device, not a file", quoted(entry.name));
    if (method != 0 && method != 8)
        return fmt::format("{} is packed with a method other than deflate", quoted(entry.name));
    if (method == 0 && entry.size != entry.packed_size)
        return fmt::format("{} contradicts itself about its size", quoted(entry.name));
    return {};
}

Status check_totals(const std::vector<ZipEntry>& entries, const ZipLimits& limits) {
    std::uint64_t unpacked = 0;
    std::uint64_t packed = 0;
    for (const ZipEntry& entry : entries) {
        if (entry.size > limits.max_bytes || unpacked + entry.size > limits.max_bytes)
            return refuse(fmt::format("it unpacks to more than {} MiB", limits.max_bytes >> 20U));
        unpacked += entry.size;
        packed += std::min<std::uint64_t>(entry.packed_size, 1ULL << 40U);
    }
    // A small archive cannot do harm, and nearly empty tiles are legitimately packed a thousandfold.
    constexpr std::uint64_t kHarmless = 64U << 20U;
    if (unpacked > kHarmless && unpacked / limits.max_ratio > packed)
        return refuse(fmt::format("it unpacks to more than {} times its size", limits.max_ratio));
    return {};
}

Status check_overlap(std::vector<ZipEntry> entries, std::uint64_t directory_offset) {
    std::sort(entries.begin(), entries.end(),
              [](const ZipEntry& a, const ZipEntry& b) { return a.header_offset < b.header_offset; });
    std::uint64_t end = 0;
    for (const ZipEntry& entry : entries) {
        const std::uint64_t head = kLocalSize + entry.name.size();
        if (entry.header_offset < end)
            return refuse("its entries overlap");
        if (entry.header_offset > directory_offset || head > directory_offset - entry.header_offset ||
            entry.packed_size > directory_offset - entry.header_offset - head)
            return damaged(fmt::format("{} lies outside the archive", quoted(entry.name)));
        end = entry.header_offset + head + entry.packed_size;
    }
    return {};
}

bool is_archive_name(std::string_view name) {
    static constexpr std::array kEndings = {".zip", ".kmz", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz"};
    std::string lowered(name);
    for (char& c : lowered)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return lowered.ends_with(ending); });
}

/// Where an entry's packed bytes start; checks that the local header agrees.
Result<std::uint64_t> data_offset(const FileReader& file, const ZipEntry& entry) {
    const std::string header = file.text(entry.header_offset, kLocalSize);
    if (header.size() < kLocalSize || number(header, 0, 4) != kLocalMark)
        return damaged(fmt::format("{} is not where the directory says", quoted(entry.name)));
    const std::uint64_t start = entry.header_offset + kLocalSize + number(header, 26, 2) + number(header, 28, 2);
    if (start > file.size() || entry.packed_size > file.size() - start)
        return damaged(fmt::format("{} is cut off", quoted(entry.name)));
    return start;
}

/// Hands the unpacked bytes of one entry to a sink piece by piece.
class Unpacker {
public:
    Unpacker(const FileReader& file, const ZipEntry& entry) : file_(file), entry_(entry) {}
    ~Unpacker() {
        if (started_)
            inflateEnd(&stream_);
    }
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    /// Sink: Status(std::string_view). Ends after `limit` bytes, then without checking size and CRC.
    template<typename Sink>
    Status run(std::uint64_t limit, const Sink& sink) {
        TRY(at_, data_offset(file_, entry_));
        end_ = at_ + entry_.packed_size;
        if (entry_.deflated) {
            started_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
            if (!started_)
                return fail_internal("inflateInit2 failed");
        }
        std::uint32_t crc = 0;
        std::uint64_t produced = 0;
        while (produced < std::min(limit, entry_.size)) {
            TRY(const std::string_view piece, next());
            if (piece.empty() || piece.size() > entry_.size - produced)
                return damaged(fmt::format("{} does not have the size it claims", quoted(entry_.name)));
            crc = static_cast<std::uint32_t>(
                crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size())));
            produced += piece.size();
            CHECK_OK(sink(piece));
        }
        if (produced == entry_.size && crc != entry_.crc)
            return damaged(fmt::format("the checksum of {} is wrong", quoted(entry_.name)));
        return {};
    }

private:
    Status refill() {
        input_ = file_.text(at_, static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, end_ - at_)));
        at_ += input_.size();
        return {};
    }

    Result<std::string_view> next() {
        if (!entry_.deflated) {
            CHECK_OK(refill());
            return std::string_view(input_);
        }
        output_.resize(kBuffer);
        stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
        stream_.avail_out = static_cast<uInt>(output_.size());
        while (stream_.avail_out == output_.size()) {
            if (stream_.avail_in == 0) {
                CHECK_OK(refill());
                stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
                stream_.avail_in = static_cast<uInt>(input_.size());
            }
            const int state = inflate(&stream_, Z_NO_FLUSH);
            if (state == Z_STREAM_END)
                break;
            if (state != Z_OK)
                return damaged(fmt::format("{} cannot be unpacked", quoted(entry_.name)));
        }
        return std::string_view(output_).substr(0, output_.size() - stream_.avail_out);
    }

    const FileReader& file_;
    const ZipEntry& entry_;
    std::uint64_t at_ = 0, end_ = 0;
    z_stream stream_{};
    bool started_ = false;
    std::string input_, output_;
};

Status write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail_internal(fmt::format("cannot write an unpacked file: errno {}", errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<std::vector<ZipEntry>> list_zip(const FileReader& file, const ZipLimits& limits) {
    TRY(const Directory directory, find_directory(file));
    if (directory.entries > limits.max_entries)
        return refuse(fmt::format("it has {} entries; at most {} are accepted", directory.entries, limits.max_entries));
    if (directory.size > kMaxDirectory)
        return refuse("its directory is too large");
    const std::string bytes = file.text(directory.offset, static_cast<std::size_t>(directory.size));
    std::vector<ZipEntry> entries;
    std::set<std::string> names;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        const std::string_view header = std::string_view(bytes).substr(std::min(at, bytes.size()));
        const auto name_size = static_cast<std::size_t>(number(header, 28, 2));
        const auto extra_size = static_cast<std::size_t>(number(header, 30, 2));
        const auto comment_size = static_cast<std::size_t>(number(header, 32, 2));
        const std::size_t length = kCentralSize + name_size + extra_size + comment_size;
        if (header.size() < length || number(header, 0, 4) != kCentralMark)
            return damaged("its directory is incomplete");
        ZipEntry entry;
        entry.name = header.substr(kCentralSize, name_size);
        // Some Windows programs write their own separator.
        std::replace(entry.name.begin(), entry.name.end(), '\\', '/');
        entry.crc = static_cast<std::uint32_t>(number(header, 16, 4));
        entry.packed_size = number(header, 20, 4);
        entry.size = number(header, 24, 4);
        entry.header_offset = number(header, 42, 4);
        entry.deflated = number(header, 10, 2) == 8;
        apply_zip64(entry, header.substr(kCentralSize + name_size, extra_size));
        at += length;
        if (const std::string fault = entry_fault(header, entry); !fault.empty())
            return refuse(fault);
        if (!names.insert(entry.name).second)
            return refuse(fmt::format("{} is in it twice", quoted(entry.name)));
        if (entry.name.back() == '/' && entry.size == 0)
            continue;
        if (is_archive_name(entry.name))
            return refuse(fmt::format("it holds another archive, {}; unpack that one first", quoted(entry.name)));
        entries.push_back(std::move(entry));
    }
    CHECK_OK(check_totals(entries, limits));
    CHECK_OK(check_overlap(entries, directory.offset));
    return entries;
}

Result<std::string> peek_zip(const FileReader& file, const ZipEntry& entry, std::size_t count) {
    std::string head;
    CHECK_OK(Unpacker(file, entry).run(count, [&](std::string_view piece) -> Status {
        head += piece;
        return {};
    }));
    head.resize(std::min(head.size(), count));
    return head;
}

Status unpack_zip(const FileReader& file, const ZipEntry& entry, const std::string& target) {
    const int descriptor = ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail_internal(fmt::format("cannot create {}: errno {}", target, errno));
    Status done =
        Unpacker(file, entry).run(entry.size, [&](std::string_view piece) { return write_all(descriptor, piece); });
    if (::close(descriptor) != 0 && done)
        done = fail_internal(fmt::format("cannot close {}: errno {}", target, errno));
    return done;
}

} // namespace landfall::raster

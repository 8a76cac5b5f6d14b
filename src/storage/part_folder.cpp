#include "storage/part_folder.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"
#include "storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kCreate = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;
constexpr std::size_t kNumberDigits = 5;
constexpr std::size_t kLongestText = 1024; ///< bytes, of a plan or a record

auto no_upload() {
    return fail(Code::NotFound, "There is no such upload of parts.");
}

std::string name_of(int number) {
    return fmt::format("{:05}", number);
}

std::optional<int> number_of(std::string_view name) {
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (name.size() != kNumberDigits || error != std::errc() || end != name.data() + name.size())
        return std::nullopt;
    return number;
}

/// A new file of that content, on the disk.
Status write_text(int directory, const std::string& name, std::string_view text) {
    const Descriptor file(::openat(directory, name.c_str(), kCreate, kFileMode));
    if (!file)
        return errno == ENOENT ? Status(no_upload()) : fail(store_failure(errno, "create " + name));
    CHECK_OK(write_fully(file.get(), 0, std::as_bytes(std::span(text))));
    return sync_file(file.get());
}

Result<std::string> read_text(int file) {
    std::string text(kLongestText, '\0');
    TRY(const std::size_t got, read_fully(file, 0, std::as_writable_bytes(std::span(text))));
    text.resize(got);
    return text;
}

std::string text_of(const PartRecord& record) {
    return fmt::format("{} {} {} {} {}\n", record.info.size, to_hex(record.info.md5), to_hex(record.info.sha256),
                       to_hex(record.info.crc32c), record.file);
}

Result<PartRecord> parse_record(int number, const std::string& text) {
    std::istringstream words(text);
    std::string md5, sha256, crc32c;
    PartRecord record;
    record.info.number = number;
    words >> record.info.size >> md5 >> sha256 >> crc32c >> record.file;
    record.info.md5 = from_hex(md5).value_or("");
    record.info.sha256 = from_hex(sha256).value_or("");
    record.info.crc32c = from_hex(crc32c).value_or("");
    if (!words || record.info.size < 0 || record.info.md5.size() != 16 || !is_plain_file_name(record.file))
        return fail_internal(fmt::format("the record of part {} is not readable", number));
    return record;
}

} // namespace

Status PartFolder::make(int parts, const std::string& name, const PartPlan& plan) {
    const std::string fresh = ".new-" + unique_part();
    if (::mkdirat(parts, fresh.c_str(), kDirectoryMode) != 0)
        return fail(store_failure(errno, "create " + fresh));
    const auto made = [&]() -> Status {
        TRY(const auto folder, open(parts, fresh));
        CHECK_OK(write_text(folder.descriptor(), "plan", fmt::format("{}\n", plan.part_size.value_or(0))));
        if (plan.part_size)
            CHECK_OK(write_text(folder.descriptor(), kData, {}));
        CHECK_OK(sync_file(folder.descriptor()));
        // A directory that holds something is never replaced.
        if (::renameat(parts, fresh.c_str(), parts, name.c_str()) == 0)
            return sync_file(parts);
        if (errno == ENOTEMPTY || errno == EEXIST)
            return fail(Code::Conflict, "An upload of that key exists already.");
        return fail(store_failure(errno, "name an upload"));
    }();
    if (!made)
        static_cast<void>(remove(parts, fresh));
    return made;
}

Result<PartFolder> PartFolder::open(int parts, const std::string& name) {
    Descriptor directory(::openat(parts, name.c_str(), kOpenDirectory));
    if (!directory && errno == ENOENT)
        return no_upload();
    if (!directory)
        return fail(store_failure(errno, "open an upload"));
    return PartFolder(std::move(directory));
}

Status PartFolder::remove(int parts, const std::string& name) {
    const std::string gone = ".gone-" + unique_part();
    if (::renameat(parts, name.c_str(), parts, gone.c_str()) != 0)
        return errno == ENOENT ? Status{} : fail(store_failure(errno, "end an upload"));
    CHECK_OK(sync_file(parts));
    TRY(const auto folder, open(parts, gone));
    TRY(const auto names, names_in(folder.descriptor()));
    for (const auto& file : names)
        ::unlinkat(folder.descriptor(), file.c_str(), 0); // `.` and `..` are none
    // Not empty if a writer has just made a file: a sweep takes the rest.
    ::unlinkat(parts, gone.c_str(), AT_REMOVEDIR);
    return {};
}

bool PartFolder::lock_shared() const {
    return ::flock(directory_.get(), LOCK_SH | LOCK_NB) == 0;
}

bool PartFolder::lock_alone() const {
    return ::flock(directory_.get(), LOCK_EX | LOCK_NB) == 0;
}

Result<PartPlan> PartFolder::plan() const {
    TRY(const auto file, open_file("plan"));
    TRY(const auto text, read_text(file.get()));
    std::int64_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size);
    return size > 0 ? PartPlan{size} : PartPlan{};
}

Result<std::vector<PartRecord>> PartFolder::records() const {
    TRY(auto names, names_in(directory_.get()));
    std::sort(names.begin(), names.end());
    std::vector<PartRecord> out;
    for (const auto& name : names) {
        const auto number = number_of(name);
        if (!number)
            continue;
        TRY(auto found, record(*number));
        if (found)
            out.push_back(*std::move(found));
    }
    return out;
}

Result<std::optional<PartRecord>> PartFolder::record(int number) const {
    auto file = open_file(name_of(number));
    if (!file && file.error().code == Code::NotFound)
        return std::optional<PartRecord>();
    if (!file)
        return fail(file.error());
    TRY(const auto text, read_text(file->get()));
    TRY(auto parsed, parse_record(number, text));
    return std::optional(std::move(parsed));
}

Status PartFolder::put_record(const PartRecord& record) const {
    const std::string name = name_of(record.info.number);
    const std::string fresh = name + ".record-" + unique_part();
    TRY(const auto before, this->record(record.info.number));
    CHECK_OK(write_text(directory_.get(), fresh, text_of(record)));
    if (::renameat(directory_.get(), fresh.c_str(), directory_.get(), name.c_str()) != 0)
        return errno == ENOENT ? Status(no_upload()) : fail(store_failure(errno, "name the record of a part"));
    CHECK_OK(sync_file(directory_.get()));
    if (before && before->file != kData && before->file != record.file)
        discard_file(before->file);
    return {};
}

Result<std::optional<Descriptor>> PartFolder::open_data() const {
    // What was to be the blob and could not is read-only; if it stays so, opening it says why.
    [[maybe_unused]] const int writable = ::fchmodat(directory_.get(), kData, kFileMode, 0);
    Descriptor file(::openat(directory_.get(), kData, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return std::optional<Descriptor>();
    if (!file)
        return fail(store_failure(errno, "open the data of an upload"));
    return std::optional(std::move(file));
}

std::optional<Descriptor> PartFolder::claim(int number) const {
    const std::string name = name_of(number) + ".claim";
    Descriptor file(::openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return std::nullopt;
    return file;
}

Result<Descriptor> PartFolder::create_file(const std::string& name) const {
    Descriptor file(::openat(directory_.get(), name.c_str(), kCreate, kFileMode));
    if (!file && errno == ENOENT)
        return no_upload();
    if (!file)
        return fail(store_failure(errno, "create a part"));
    return file;
}

Result<Descriptor> PartFolder::open_file(const std::string& name) const {
    Descriptor file(::openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return no_upload();
    if (!file)
        return fail(store_failure(errno, "open a part"));
    return file;
}

void PartFolder::discard_file(const std::string& name) const {
    ::unlinkat(directory_.get(), name.c_str(), 0);
}

std::string PartFolder::new_file_name(int number) const {
    return name_of(number) + "." + unique_part();
}

} // namespace landfall::storage

#include "storage/part_folder.hpp"

#include "core/ids.hpp"
#include "core/numbers.hpp"
#include "core/text.hpp"
#include "storage/file_io.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kCreate = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;
constexpr std::size_t kLongestText = 1024; ///< bytes, of a plan

/// A new file of that content, on the disk.
Status write_text(int directory, const std::string& name, std::string_view text) {
    const Descriptor file(::openat(directory, name.c_str(), kCreate, kFileMode));
    if (!file)
        return errno == ENOENT ? Status(no_such_upload()) : fail(store_failure(errno, "create " + name));
    CHECK_OK(write_fully(file.get(), 0, std::as_bytes(std::span(text))));
    return sync_file(file.get());
}

Result<std::string> read_text(int file) {
    std::string text(kLongestText, '\0');
    TRY(const std::size_t got, read_fully(file, 0, std::as_writable_bytes(std::span(text))));
    text.resize(got);
    return text;
}

} // namespace

Status PartFolder::make(int parts, const std::string& name, const PartPlan& plan) {
    const std::string fresh = ".new-" + unique_part();
    if (::mkdirat(parts, fresh.c_str(), kDirectoryMode) != 0)
        return fail(store_failure(errno, "create " + fresh));
    const auto made = [&]() -> Status {
        TRY(const auto folder, open(parts, fresh));
        CHECK_OK(write_text(folder.descriptor(), "plan", fmt::format("{}\n", plan.part_size.value_or(0))));
        CHECK_OK(PartRecords::make(folder.descriptor()));
        if (plan.part_size)
            CHECK_OK(write_text(folder.descriptor(), kData, {}));
        CHECK_OK(sync_file(folder.descriptor()));
        // A directory that holds something is never replaced.
        if (::renameat(parts, fresh.c_str(), parts, name.c_str()) == 0)
            return sync_file(parts);
        if (errno == ENOTEMPTY || errno == EEXIST)
            return upload_taken();
        return fail(store_failure(errno, "name an upload"));
    }();
    if (!made)
        static_cast<void>(remove(parts, fresh));
    return made;
}

Result<PartFolder> PartFolder::open(int parts, const std::string& name) {
    Descriptor directory(::openat(parts, name.c_str(), kOpenDirectory));
    if (!directory && errno == ENOENT)
        return no_such_upload();
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
    const auto size = number_in<std::int64_t>(trimmed(text)).value_or(0);
    return size > 0 ? PartPlan{size} : PartPlan{};
}

Result<PartRecords> PartFolder::records() const {
    return PartRecords::open(directory_.get());
}

Status PartFolder::put_record(const PartRecord& record) const {
    if (record.file != kData)
        CHECK_OK(sync_file(directory_.get()));
    TRY(const auto records, this->records());
    TRY(const auto before, records.put(record));
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

Result<Descriptor> PartFolder::create_file(const std::string& name) const {
    Descriptor file(::openat(directory_.get(), name.c_str(), kCreate, kFileMode));
    if (!file && errno == ENOENT)
        return no_such_upload();
    if (!file)
        return fail(store_failure(errno, "create a part"));
    return file;
}

Result<Descriptor> PartFolder::open_file(const std::string& name) const {
    Descriptor file(::openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return no_such_upload();
    if (!file)
        return fail(store_failure(errno, "open a part"));
    return file;
}

void PartFolder::discard_file(const std::string& name) const {
    ::unlinkat(directory_.get(), name.c_str(), 0);
}

std::string PartFolder::new_file_name(int number) const {
    return fmt::format("{:05}.{}", number, unique_part());
}

} // namespace landfall::storage

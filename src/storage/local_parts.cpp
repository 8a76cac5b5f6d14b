#include "storage/local_parts.hpp"

#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/crc.hpp"
#include "storage/file_io.hpp"
#include "storage/part_folder.hpp"
#include "storage/refusals.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

constexpr const char* kParts = "parts";
constexpr mode_t kBlobMode = 0440;

/// Where a part's bytes go.
struct PartPlace {
    std::string file; ///< in the folder
    Descriptor descriptor;
    std::int64_t offset = 0;
    std::optional<PartRecords> claim; ///< of a part in place
};

auto put_together() {
    return fail(Code::NotFound, "The parts of this upload have been put together.");
}

class LocalPartWriter final : public PartWriter {
public:
    /// One part of an upload.
    struct Slot {
        std::string key;
        int number;
    };

    LocalPartWriter(std::shared_ptr<LocalShared> shared, PartFolder folder, Slot slot, PartPlace place,
                    std::optional<std::int64_t> size)
        : shared_(std::move(shared)), folder_(std::move(folder)), slot_(std::move(slot)), size_(size),
          name_(std::move(place.file)), claim_(std::move(place.claim)),
          file_(std::move(place.descriptor), shared_->pool, place.offset) {}

    ~LocalPartWriter() override {
        if (!finished_ && name_ != PartFolder::kData)
            folder_.discard_file(name_);
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished part");
        if (size_ && file_.size() + static_cast<std::int64_t>(bytes.size()) > *size_)
            return fail(Code::InvalidArgument, "The part is longer than was said.");
        crc_.update(bytes);
        return file_.append(bytes);
    }

    Result<PartInfo> digest() override {
        CHECK_OK(file_.sync());
        TRY(auto info, file_.digest({}));
        return PartInfo{slot_.number, info.size, std::move(info.md5), std::move(info.sha256), crc_.value()};
    }

    Result<PartInfo> finish() override {
        if (finished_)
            return fail_internal("a part is finished twice");
        TRY(auto info, digest());
        if (shared_->directory->open_blob(slot_.key))
            return put_together();
        CHECK_OK(folder_.put_record({info, name_}));
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<LocalShared> shared_;
    PartFolder folder_; // holds the shared lock until the writer goes
    Slot slot_;
    std::optional<std::int64_t> size_;
    std::string name_;
    std::optional<PartRecords> claim_;
    BlobFile file_;
    Crc32c crc_;
    bool finished_ = false;
};

/// Where the part goes: in place if it fits there and nobody counts on what lies there.
Result<PartPlace> find_place(const PartFolder& folder, int number, std::optional<std::int64_t> size) {
    TRY(const auto plan, folder.plan());
    PartPlace place;
    if (plan.part_size && size && *size <= *plan.part_size) {
        TRY(auto records, folder.records());
        if (records.claim(number)) {
            TRY(const auto before, records.find(number));
            TRY(auto data, folder.open_data());
            if (!before && data)
                return PartPlace{PartFolder::kData, *std::move(data), *plan.part_size * (number - 1),
                                 std::move(records)};
        }
    }
    place.file = folder.new_file_name(number);
    TRY(place.descriptor, folder.create_file(place.file));
    return place;
}

/// Whether the parts lie one after the other where they were planned to, and nothing counts behind them.
bool lie_in_place(const PartPlan& plan, const std::vector<PartRecord>& all, const std::vector<PartInfo>& chosen) {
    if (!plan.part_size || all.size() != chosen.size())
        return false;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const bool last = i + 1 == chosen.size();
        if (chosen[i].number != static_cast<int>(i + 1) ||
            (last ? chosen[i].size > *plan.part_size : chosen[i].size != *plan.part_size))
            return false;
    }
    return true;
}

const PartRecord& record_of(const std::vector<PartRecord>& all, int number) {
    return *std::ranges::lower_bound(all, number, {}, [](const PartRecord& record) { return record.info.number; });
}

/// Copies a part that has a file of its own, or lies in `data`, to `to`.
Status copy_part(const PartFolder& folder, const PartPlan& plan, const PartRecord& part, const FileSpot& to) {
    auto from = folder.open_file(part.file);
    if (!from && from.error().code == Code::NotFound)
        return part_changed();
    if (!from)
        return fail(from.error());
    const bool in_place = part.file == PartFolder::kData;
    const std::int64_t offset = in_place ? plan.part_size.value_or(0) * (part.info.number - 1) : 0;
    return copy_range(from->get(), offset, part.info.size, to);
}

/// The lock that tells every process that the blob is being written, and an age that begins now.
Result<std::shared_ptr<const void>> hold_blob(Descriptor file) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || ::futimens(file.get(), nullptr) != 0)
        return fail(store_failure(errno, "hold an object"));
    return std::make_shared<const Descriptor>(std::move(file));
}

class LocalPartStore final : public PartStore {
public:
    LocalPartStore(std::shared_ptr<LocalShared> shared, Descriptor parts)
        : shared_(std::move(shared)), parts_(std::move(parts)) {}

    Status create(std::string_view key, const PartPlan& plan) override {
        CHECK_OK(check_blob_key(key));
        CHECK_OK(check_part_plan(plan));
        if (directory().open_blob(std::string(key)))
            return key_taken();
        return PartFolder::make(parts_.get(), std::string(key), plan);
    }

    Result<std::unique_ptr<PartWriter>> put_part(std::string_view key, int number,
                                                 std::optional<std::int64_t> size) override {
        CHECK_OK(check_part_number(number));
        TRY(auto folder, open(key));
        if (directory().open_blob(std::string(key)))
            return put_together();
        if (!folder.lock_shared())
            return fail(Code::Conflict, "The upload is being completed.");
        TRY(auto place, find_place(folder, number, size));
        return std::make_unique<LocalPartWriter>(
            shared_, std::move(folder), LocalPartWriter::Slot{std::string(key), number}, std::move(place), size);
    }

    Result<std::vector<PartInfo>> list_parts(std::string_view key) const override {
        TRY(const auto folder, open(key));
        TRY(const auto records, folder.records());
        TRY(const auto all, records.all());
        return infos_of(all);
    }

    Result<CompletedBlob> complete(std::string_view key, const PartSelection& selection) override {
        TRY(const auto folder, open(key));
        // A writer that lingers, say of a connection that broke, keeps nobody from completing: it costs a copy.
        const bool alone = folder.lock_alone();
        TRY(const auto plan, folder.plan());
        TRY(const auto all, folder.records());
        TRY(const auto records, all.all());
        TRY(const auto chosen, choose_parts(infos_of(records), selection.numbers));
        CompletedBlob out;
        TRY(out.info, composite_info(key, chosen));
        CHECK_OK(check_selected(selection, out.info));
        TRY(out.hold, alone && lie_in_place(plan, records, chosen)
                          ? publish_data(folder, plan, records, out.info)
                          : publish_copy(folder, plan, records, {out.info, chosen}));
        return out;
    }

    Status abort(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        return PartFolder::remove(parts_.get(), std::string(key));
    }

    Result<int> sweep(std::chrono::seconds idle, const std::function<bool(const std::string& key)>& may_go) override {
        TRY(const auto names, names_in(parts_.get()));
        int swept = 0;
        for (const auto& name : names) {
            if (name == "." || name == ".." || !is_idle(name, idle) || (is_blob_key(name) && !may_go(name)))
                continue;
            CHECK_OK(PartFolder::remove(parts_.get(), name));
            swept += is_blob_key(name) ? 1 : 0;
        }
        return swept;
    }

private:
    struct Wanted {
        const BlobInfo& info;
        const std::vector<PartInfo>& parts;
    };

    LocalDirectory& directory() const { return *shared_->directory; }

    Result<PartFolder> open(std::string_view key) const {
        CHECK_OK(check_blob_key(key));
        return PartFolder::open(parts_.get(), std::string(key));
    }

    /// Makes `data` the blob: parts that came twice are copied to their places, all others stay where they are.
    Result<std::shared_ptr<const void>> publish_data(const PartFolder& folder, const PartPlan& plan,
                                                     const std::vector<PartRecord>& records, const BlobInfo& info) {
        TRY(auto data, folder.open_data());
        if (!data)
            return already_published(info.key);
        for (const PartRecord& part : records)
            if (part.file != PartFolder::kData)
                CHECK_OK(copy_part(folder, plan, part, {data->get(), *plan.part_size * (part.info.number - 1)}));
        const int file = data->get();
        if (::ftruncate(file, info.size) != 0 || ::fchmod(file, kBlobMode) != 0)
            return fail(store_failure(errno, "finish the data of an upload"));
        TRY(auto hold, hold_blob(*std::move(data)));
        CHECK_OK(sync_file(file));
        CHECK_OK(directory().publish_from(folder.descriptor(), PartFolder::kData, info.key));
        return hold;
    }

    /// The process ended between the rename and the removal of the folder: the blob is there.
    Result<std::shared_ptr<const void>> already_published(const std::string& key) const {
        TRY(auto blob, directory().open_blob(key));
        return hold_blob(std::move(blob));
    }

    /// Writes the parts into a new file one after the other.
    Result<std::shared_ptr<const void>> publish_copy(const PartFolder& folder, const PartPlan& plan,
                                                     const std::vector<PartRecord>& records, const Wanted& wanted) {
        const std::string& key = wanted.info.key;
        TRY(auto file, directory().create_unfinished(key)); // locked
        const auto published = [&]() -> Status {
            std::int64_t at = 0;
            for (const PartInfo& part : wanted.parts) {
                CHECK_OK(copy_part(folder, plan, record_of(records, part.number), {file.get(), at}));
                at += part.size;
            }
            CHECK_OK(sync_file(file.get()));
            return directory().publish(key);
        }();
        if (!published) {
            directory().discard_unfinished(key);
            return fail(published.error());
        }
        return std::make_shared<const Descriptor>(std::move(file));
    }

    bool is_idle(const std::string& name, std::chrono::seconds idle) const {
        const auto folder = PartFolder::open(parts_.get(), name);
        struct stat status{};
        if (!folder || ::fstat(folder->descriptor(), &status) != 0)
            return false;
        const auto records = folder->records();
        const std::time_t recorded = records ? records->changed_at().value_or(status.st_mtime) : status.st_mtime;
        return std::time(nullptr) - std::max(recorded, status.st_mtime) >= idle.count() && folder->lock_alone();
    }

    std::shared_ptr<LocalShared> shared_;
    Descriptor parts_;
};

} // namespace

Result<std::unique_ptr<PartStore>> open_local_parts(std::shared_ptr<LocalShared> shared) {
    TRY(auto parts, shared->directory->open_own(kParts));
    return std::make_unique<LocalPartStore>(std::move(shared), std::move(parts));
}

} // namespace landfall::storage

#include "storage/memory_parts.hpp"

#include "storage/blob_key.hpp"
#include "storage/crc.hpp"
#include "storage/refusals.hpp"

#include <utility>

namespace landfall::storage {
namespace {

/// Says that a blob is being written until it goes.
class LiveKey {
public:
    LiveKey(std::shared_ptr<MemoryShared> shared, std::string key) : shared_(std::move(shared)), key_(std::move(key)) {}
    LiveKey(const LiveKey&) = delete;
    LiveKey& operator=(const LiveKey&) = delete;
    ~LiveKey() {
        const Lock lock(shared_->mutex);
        shared_->live.erase(key_);
    }

private:
    std::shared_ptr<MemoryShared> shared_;
    std::string key_;
};

class MemoryPartWriter final : public PartWriter {
public:
    MemoryPartWriter(std::shared_ptr<MemoryShared> shared, std::string key, std::shared_ptr<MemoryUpload> upload,
                     std::pair<int, std::optional<std::int64_t>> number_and_size)
        : shared_(std::move(shared)), key_(std::move(key)), upload_(std::move(upload)), number_(number_and_size.first),
          size_(number_and_size.second), digester_(shared_->pool) {}

    ~MemoryPartWriter() override {
        const Lock lock(shared_->mutex);
        --upload_->writers;
        upload_->touched = std::chrono::steady_clock::now();
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished part");
        if (size_ && static_cast<std::int64_t>(bytes_.size() + bytes.size()) > *size_)
            return fail(Code::InvalidArgument, "The part is longer than was said.");
        crc_.update(bytes);
        digester_.update(bytes);
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return {};
    }

    Result<PartInfo> digest() override {
        TRY(auto digests, digester_.digest());
        const auto size = finished_ ? written_ : static_cast<std::int64_t>(bytes_.size());
        return PartInfo{number_, size, std::move(digests.md5), std::move(digests.sha256), crc_.value()};
    }

    Result<PartInfo> finish() override {
        if (finished_)
            return fail_internal("a part is finished twice");
        TRY(auto info, digest());
        const Lock lock(shared_->mutex);
        const auto found = shared_->uploads.find(key_);
        if (found == shared_->uploads.end() || found->second != upload_ || shared_->blobs.contains(key_))
            return no_such_upload();
        upload_->parts.insert_or_assign(number_, MemoryPart{info, std::move(bytes_)});
        written_ = info.size;
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<MemoryShared> shared_;
    std::string key_;
    std::shared_ptr<MemoryUpload> upload_;
    int number_;
    std::optional<std::int64_t> size_;
    Bytes bytes_;
    Digester digester_;
    Crc32c crc_;
    std::int64_t written_ = 0;
    bool finished_ = false;
};

class MemoryPartStore final : public PartStore {
public:
    explicit MemoryPartStore(std::shared_ptr<MemoryShared> shared) : shared_(std::move(shared)) {}

    Status create(std::string_view key, const PartPlan& plan) override {
        CHECK_OK(check_blob_key(key));
        CHECK_OK(check_part_plan(plan));
        auto upload = std::make_shared<MemoryUpload>();
        upload->touched = std::chrono::steady_clock::now();
        const Lock lock(shared_->mutex);
        if (shared_->blobs.contains(key))
            return key_taken();
        if (!shared_->uploads.emplace(key, std::move(upload)).second)
            return upload_taken();
        return {};
    }

    Result<std::unique_ptr<PartWriter>> put_part(std::string_view key, int number,
                                                 std::optional<std::int64_t> size) override {
        CHECK_OK(check_part_number(number));
        const Lock lock(shared_->mutex);
        TRY(auto upload, find(key));
        if (shared_->blobs.contains(key))
            return no_such_upload();
        ++upload->writers;
        return std::make_unique<MemoryPartWriter>(shared_, std::string(key), std::move(upload),
                                                  std::pair(number, size));
    }

    Result<std::vector<PartInfo>> list_parts(std::string_view key) const override {
        const Lock lock(shared_->mutex);
        TRY(const auto upload, find(key));
        return list(*upload);
    }

    Result<CompletedBlob> complete(std::string_view key, const PartSelection& selection) override {
        const std::string name(key);
        CompletedBlob out;
        const Lock lock(shared_->mutex);
        TRY(const auto upload, find(key));
        TRY(const auto chosen, choose_parts(list(*upload), selection.numbers));
        TRY(out.info, composite_info(key, chosen));
        CHECK_OK(check_selected(selection, out.info));
        if (shared_->blobs.contains(name) || shared_->live.contains(name))
            return key_taken();
        auto bytes = std::make_shared<Bytes>();
        for (const PartInfo& part : chosen) {
            const Bytes& of_part = upload->parts.at(part.number).bytes;
            bytes->insert(bytes->end(), of_part.begin(), of_part.end());
        }
        const auto now = std::chrono::steady_clock::now();
        shared_->blobs.emplace(name, MemoryBlob{std::move(bytes), now});
        shared_->live.emplace(name, now);
        out.hold = std::make_shared<const LiveKey>(shared_, name);
        return out;
    }

    Status abort(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        const Lock lock(shared_->mutex);
        shared_->uploads.erase(std::string(key));
        return {};
    }

    Result<int> sweep(std::chrono::seconds idle, const std::function<bool(const std::string& key)>& may_go) override {
        const auto now = std::chrono::steady_clock::now();
        const Lock lock(shared_->mutex);
        return static_cast<int>(std::erase_if(shared_->uploads, [&](const auto& entry) {
            return entry.second->writers == 0 && now - entry.second->touched >= idle && may_go(entry.first);
        }));
    }

private:
    Result<std::shared_ptr<MemoryUpload>> find(std::string_view key) const REQUIRES(shared_->mutex) {
        CHECK_OK(check_blob_key(key));
        const auto found = shared_->uploads.find(key);
        if (found == shared_->uploads.end())
            return no_such_upload();
        return found->second;
    }

    /// Called with the mutex held.
    static std::vector<PartInfo> list(const MemoryUpload& upload) {
        std::vector<PartInfo> out;
        out.reserve(upload.parts.size());
        for (const auto& [number, part] : upload.parts)
            out.push_back(part.info);
        return out;
    }

    std::shared_ptr<MemoryShared> shared_;
};

} // namespace

std::unique_ptr<PartStore> make_memory_parts(std::shared_ptr<MemoryShared> shared) {
    return std::make_unique<MemoryPartStore>(std::move(shared));
}

} // namespace landfall::storage

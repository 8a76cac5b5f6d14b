#include "storage/blob_key.hpp"
#include "storage/memory_parts.hpp"
#include "storage/refusals.hpp"

#include <algorithm>

namespace landfall::storage {
namespace {

class MemoryReader final : public BlobReader {
public:
    explicit MemoryReader(std::shared_ptr<const Bytes> bytes) : bytes_(std::move(bytes)) {}

    std::int64_t size() const override { return static_cast<std::int64_t>(bytes_->size()); }

    Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override {
        if (offset < 0)
            return fail(Code::InvalidArgument, "The offset to read at must not be negative.");
        const auto from = std::min(static_cast<std::size_t>(offset), bytes_->size());
        const auto count = std::min(into.size(), bytes_->size() - from);
        std::copy_n(bytes_->begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
        return count;
    }

private:
    std::shared_ptr<const Bytes> bytes_;
};

class MemoryWriter final : public BlobWriter {
public:
    MemoryWriter(std::shared_ptr<MemoryShared> shared, std::string key)
        : shared_(std::move(shared)), key_(std::move(key)), digester_(shared_->pool) {}

    ~MemoryWriter() override {
        const Lock lock(shared_->mutex);
        shared_->live.erase(key_);
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished blob");
        digester_.update(bytes);
        bytes_->insert(bytes_->end(), bytes.begin(), bytes.end());
        return {};
    }

    Result<BlobInfo> digest() override {
        TRY(auto digests, digester_.digest());
        return BlobInfo{key_, static_cast<std::int64_t>(bytes_->size()), std::move(digests.md5),
                        std::move(digests.sha256)};
    }

    Result<BlobInfo> finish() override {
        if (finished_)
            return fail_internal("a blob is finished twice");
        TRY(auto info, digest());
        const Lock lock(shared_->mutex);
        if (!shared_->blobs.emplace(key_, MemoryBlob{bytes_, std::chrono::steady_clock::now()}).second)
            return key_taken();
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<MemoryShared> shared_;
    std::string key_;
    std::shared_ptr<Bytes> bytes_ = std::make_shared<Bytes>();
    Digester digester_;
    bool finished_ = false;
};

class MemoryStore final : public ObjectStore {
public:
    Result<std::unique_ptr<BlobWriter>> create(std::string_view key, std::optional<std::int64_t> /*size*/) override {
        CHECK_OK(check_blob_key(key));
        const Lock lock(shared_->mutex);
        if (shared_->blobs.contains(key))
            return key_taken();
        if (!shared_->live.emplace(key, std::chrono::steady_clock::now()).second)
            return being_written();
        return std::make_unique<MemoryWriter>(shared_, std::string(key));
    }

    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        const Lock lock(shared_->mutex);
        const auto found = shared_->blobs.find(key);
        if (found == shared_->blobs.end())
            return no_such_object();
        return std::make_shared<const MemoryReader>(found->second.bytes);
    }

    Status remove(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        const Lock lock(shared_->mutex);
        if (const auto found = shared_->blobs.find(key); found != shared_->blobs.end())
            shared_->blobs.erase(found);
        else if (shared_->live.contains(key))
            return being_written();
        return {};
    }

    Status list(const std::function<void(const BlobEntry&)>& visit) const override {
        for (const auto& entry : entries())
            visit(entry);
        return {};
    }

    PartStore* parts() override { return part_store_.get(); }

private:
    std::vector<BlobEntry> entries() const {
        const auto now = std::chrono::steady_clock::now();
        const auto age = [&](SteadyTime since) {
            return std::chrono::duration_cast<std::chrono::seconds>(now - since);
        };
        const Lock lock(shared_->mutex);
        std::vector<BlobEntry> out;
        for (const auto& [key, blob] : shared_->blobs)
            out.push_back(
                {key, static_cast<std::int64_t>(blob.bytes->size()), age(blob.written), shared_->live.contains(key)});
        for (const auto& [key, since] : shared_->live)
            if (!shared_->blobs.contains(key))
                out.push_back({key, 0, age(since), true});
        return out;
    }

    std::shared_ptr<MemoryShared> shared_ = std::make_shared<MemoryShared>();
    std::unique_ptr<PartStore> part_store_ = make_memory_parts(shared_);
};

} // namespace

std::unique_ptr<ObjectStore> make_memory_store() {
    return std::make_unique<MemoryStore>();
}

} // namespace landfall::storage

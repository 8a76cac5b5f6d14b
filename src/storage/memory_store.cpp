#include "storage/blob_key.hpp"
#include "storage/digester.hpp"
#include "storage/object_store.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace landfall::storage {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using Bytes = std::vector<std::byte>;

struct MemoryBlob {
    std::shared_ptr<const Bytes> bytes;
    SteadyTime written;
};

/// What the store and its writers share.
struct MemoryParts {
    mutable std::mutex mutex;
    std::map<std::string, MemoryBlob, std::less<>> blobs; // guarded by mutex
    std::map<std::string, SteadyTime, std::less<>> live;  // guarded by mutex: the writers, until they go
    HashPool pool;
};

tl::unexpected<Error> not_found() {
    return fail(Code::NotFound, "There is no such object.");
}

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
    MemoryWriter(std::shared_ptr<MemoryParts> parts, std::string key)
        : parts_(std::move(parts)), key_(std::move(key)), digester_(parts_->pool) {}

    ~MemoryWriter() override {
        const std::lock_guard lock(parts_->mutex);
        parts_->live.erase(key_);
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
        const std::lock_guard lock(parts_->mutex);
        if (!parts_->blobs.emplace(key_, MemoryBlob{bytes_, std::chrono::steady_clock::now()}).second)
            return fail(Code::Conflict, "An object of that key exists already.");
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<MemoryParts> parts_;
    std::string key_;
    std::shared_ptr<Bytes> bytes_ = std::make_shared<Bytes>();
    Digester digester_;
    bool finished_ = false;
};

class MemoryStore final : public ObjectStore {
public:
    Result<std::unique_ptr<BlobWriter>> create(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        const std::lock_guard lock(parts_->mutex);
        if (parts_->blobs.contains(key))
            return fail(Code::Conflict, "An object of that key exists already.");
        if (!parts_->live.emplace(key, std::chrono::steady_clock::now()).second)
            return fail(Code::Conflict, "The object is being written.");
        return std::make_unique<MemoryWriter>(parts_, std::string(key));
    }

    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        const std::lock_guard lock(parts_->mutex);
        const auto found = parts_->blobs.find(key);
        if (found == parts_->blobs.end())
            return not_found();
        return std::make_shared<const MemoryReader>(found->second.bytes);
    }

    Status remove(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        const std::lock_guard lock(parts_->mutex);
        if (const auto found = parts_->blobs.find(key); found != parts_->blobs.end())
            parts_->blobs.erase(found);
        else if (parts_->live.contains(key))
            return fail(Code::Conflict, "The object is being written.");
        return {};
    }

    Status list(const std::function<void(const BlobEntry&)>& visit) const override {
        for (const auto& entry : entries())
            visit(entry);
        return {};
    }

private:
    std::vector<BlobEntry> entries() const {
        const auto now = std::chrono::steady_clock::now();
        const auto age = [&](SteadyTime since) {
            return std::chrono::duration_cast<std::chrono::seconds>(now - since);
        };
        const std::lock_guard lock(parts_->mutex);
        std::vector<BlobEntry> out;
        for (const auto& [key, blob] : parts_->blobs)
            out.push_back(
                {key, static_cast<std::int64_t>(blob.bytes->size()), age(blob.written), parts_->live.contains(key)});
        for (const auto& [key, since] : parts_->live)
            if (!parts_->blobs.contains(key))
                out.push_back({key, 0, age(since), true});
        return out;
    }

    std::shared_ptr<MemoryParts> parts_ = std::make_shared<MemoryParts>();
};

} // namespace

std::unique_ptr<ObjectStore> make_memory_store() {
    return std::make_unique<MemoryStore>();
}

} // namespace landfall::storage

#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"
#include "storage/object_store.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace landfall::storage {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct MemoryBlob {
    std::shared_ptr<const BlobReader> reader;
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

/// The finished file, sealed against every change, opened anew for reading only.
Result<Descriptor> seal(int file) {
    if (::fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        return fail(store_failure(errno, "seal a memory file"));
    Descriptor read_only(::open(fmt::format("/proc/self/fd/{}", file).c_str(), O_RDONLY | O_CLOEXEC));
    if (!read_only)
        return fail(store_failure(errno, "open a memory file for reading"));
    return read_only;
}

class MemoryWriter final : public FileBlobWriter {
public:
    MemoryWriter(const std::shared_ptr<MemoryParts>& parts, std::string key, Descriptor file)
        : FileBlobWriter({parts, &parts->pool}, std::move(key), std::move(file), Backing::Memory), parts_(parts) {}

    ~MemoryWriter() override {
        const std::lock_guard lock(parts_->mutex);
        parts_->live.erase(key());
    }

private:
    Status publish(const BlobInfo& info) override {
        TRY(auto sealed, seal(descriptor()));
        auto reader = std::make_shared<const FileBlobReader>(std::move(sealed), info.size);
        const std::lock_guard lock(parts_->mutex);
        if (!parts_->blobs.emplace(key(), MemoryBlob{std::move(reader), std::chrono::steady_clock::now()}).second)
            return fail(Code::Conflict, "An object of that key exists already.");
        return {};
    }

    std::shared_ptr<MemoryParts> parts_;
};

class MemoryStore final : public ObjectStore {
public:
    Result<std::unique_ptr<BlobWriter>> create(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        Descriptor file(::memfd_create("blob", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        if (!file)
            return fail(store_failure(errno, "memfd_create"));
        const std::lock_guard lock(parts_->mutex);
        if (parts_->blobs.contains(key))
            return fail(Code::Conflict, "An object of that key exists already.");
        if (!parts_->live.emplace(key, std::chrono::steady_clock::now()).second)
            return fail(Code::Conflict, "The object is being written.");
        return std::make_unique<MemoryWriter>(parts_, std::string(key), std::move(file));
    }

    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        const std::lock_guard lock(parts_->mutex);
        const auto found = parts_->blobs.find(key);
        if (found == parts_->blobs.end())
            return not_found();
        return found->second.reader;
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

    Status materialize(std::string_view key, const std::string& path) const override {
        TRY(const auto reader, open(key));
        return copy_to_new_file(reader->descriptor(), path);
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
            out.push_back({key, blob.reader->size(), age(blob.written), parts_->live.contains(key)});
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

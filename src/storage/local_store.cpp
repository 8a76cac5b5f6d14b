#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"
#include "storage/local_parts.hpp"

namespace landfall::storage {
namespace {

class LocalWriter final : public BlobWriter {
public:
    LocalWriter(std::shared_ptr<LocalShared> shared, std::string key, Descriptor file)
        : shared_(std::move(shared)), key_(std::move(key)), file_(std::move(file), shared_->pool) {}

    ~LocalWriter() override {
        if (!finished_)
            shared_->directory->discard_unfinished(key_);
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished blob");
        return file_.append(bytes);
    }

    /// Begins with what `finish` needs anyway: the disk and the hash thread then work at the same time.
    Result<BlobInfo> digest() override {
        CHECK_OK(file_.sync());
        return file_.digest(key_);
    }

    Result<BlobInfo> finish() override {
        if (finished_)
            return fail_internal("a blob is finished twice");
        TRY(auto info, digest());
        CHECK_OK(shared_->directory->publish(key_));
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<LocalShared> shared_;
    std::string key_;
    BlobFile file_; // holds the lock of the file until the writer goes
    bool finished_ = false;
};

class LocalStore final : public ObjectStore, public LinkStore {
public:
    LocalStore(std::shared_ptr<LocalShared> shared, std::unique_ptr<PartStore> parts)
        : shared_(std::move(shared)), part_store_(std::move(parts)) {}

    Result<std::unique_ptr<BlobWriter>> create(std::string_view key, std::optional<std::int64_t> /*size*/) override {
        CHECK_OK(check_blob_key(key));
        TRY(auto file, directory().create_unfinished(std::string(key)));
        return std::make_unique<LocalWriter>(shared_, std::string(key), std::move(file));
    }

    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        TRY(auto file, directory().open_blob(std::string(key)));
        TRY(const auto size, file_size(file.get()));
        return std::make_shared<const FileBlobReader>(std::move(file), size);
    }

    Status remove(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        return directory().remove(std::string(key));
    }

    Status list(const std::function<void(const BlobEntry&)>& visit) const override { return directory().list(visit); }

    const LinkStore* links() const override { return this; }

    Result<bool> link(std::string_view key, const std::string& path) const override {
        CHECK_OK(check_blob_key(key));
        TRY(const auto blob, directory().open_blob(std::string(key))); // a link can't tell what of the two is missing
        return directory().link_out(std::string(key), path);
    }

    PartStore* parts() override { return part_store_.get(); }

private:
    LocalDirectory& directory() const { return *shared_->directory; }

    std::shared_ptr<LocalShared> shared_;
    std::unique_ptr<PartStore> part_store_;
};

} // namespace

Result<std::unique_ptr<ObjectStore>> open_local_store(const std::string& directory) {
    auto shared = std::make_shared<LocalShared>();
    TRY(shared->directory, LocalDirectory::open(directory));
    TRY(auto parts, open_local_parts(shared));
    return std::make_unique<LocalStore>(std::move(shared), std::move(parts));
}

} // namespace landfall::storage

#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"
#include "storage/local_directory.hpp"
#include "storage/object_store.hpp"

namespace landfall::storage {
namespace {

/// What the store and its writers share.
struct LocalParts {
    std::unique_ptr<LocalDirectory> directory;
    HashPool pool;
};

class LocalWriter final : public FileBlobWriter {
public:
    LocalWriter(const std::shared_ptr<LocalParts>& parts, std::string key, Descriptor file)
        : FileBlobWriter({parts, &parts->pool}, std::move(key), std::move(file), Backing::Disk), parts_(parts) {}

    ~LocalWriter() override {
        if (!finished())
            parts_->directory->discard_unfinished(key());
    }

private:
    Status publish(const BlobInfo&) override { return parts_->directory->publish(key()); }

    std::shared_ptr<LocalParts> parts_;
};

class LocalStore final : public ObjectStore {
public:
    explicit LocalStore(std::shared_ptr<LocalParts> parts) : parts_(std::move(parts)) {}

    Result<std::unique_ptr<BlobWriter>> create(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        TRY(auto file, directory().create_unfinished(std::string(key)));
        return std::make_unique<LocalWriter>(parts_, std::string(key), std::move(file));
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

    Status materialize(std::string_view key, const std::string& path) const override {
        CHECK_OK(check_blob_key(key));
        TRY(const auto blob, directory().open_blob(std::string(key)));
        TRY(const bool linked, directory().link_out(std::string(key), path));
        return linked ? Status{} : copy_to_new_file(blob.get(), path);
    }

private:
    LocalDirectory& directory() const { return *parts_->directory; }

    std::shared_ptr<LocalParts> parts_;
};

} // namespace

Result<std::unique_ptr<ObjectStore>> open_local_store(const std::string& directory) {
    auto parts = std::make_shared<LocalParts>();
    TRY(parts->directory, LocalDirectory::open(directory));
    return std::make_unique<LocalStore>(std::move(parts));
}

} // namespace landfall::storage

#include "storage/blob_file.hpp"
#include "storage/blob_key.hpp"
#include "storage/file_io.hpp"
#include "storage/local_directory.hpp"
#include "storage/object_store.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>

namespace landfall::storage {
namespace {

/// What the store and its writers share.
struct LocalParts {
    std::unique_ptr<LocalDirectory> directory;
    HashPool pool;
};

class LocalWriter final : public BlobWriter {
public:
    LocalWriter(std::shared_ptr<LocalParts> parts, std::string key, FileHandle file)
        : parts_(std::move(parts)), key_(std::move(key)), file_(std::move(file), parts_->pool, Backing::Disk) {}

    ~LocalWriter() override {
        if (!finished_)
            parts_->directory->discard_unfinished(key_);
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
        CHECK_OK(parts_->directory->publish(key_));
        finished_ = true;
        return info;
    }

private:
    std::shared_ptr<LocalParts> parts_;
    std::string key_;
    BlobFile file_; // holds the lock until the writer goes
    bool finished_ = false;
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

    Result<BlobInfo> adopt(std::string_view key, const std::string& path) override;

private:
    LocalDirectory& directory() const { return *parts_->directory; }
    Result<BlobInfo> copy_in(std::string_view key, int file, const std::string& path);

    std::shared_ptr<LocalParts> parts_;
};

Result<BlobInfo> LocalStore::adopt(std::string_view key, const std::string& path) {
    CHECK_OK(check_blob_key(key));
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (!file.valid() || ::fstat(file.get(), &status) != 0)
        return fail(store_failure(errno, "open " + path));
    if (!S_ISREG(status.st_mode))
        return fail(Code::InvalidArgument, "Only a regular file can become an object.");
    // Who has another name for the file, or owns it, could still change it: then a copy is taken.
    if (status.st_nlink != 1 || ::fchmod(file.get(), 0440) != 0)
        return copy_in(key, file.get(), path);
    TRY(auto info, digest_file(file.get(), std::string(key), parts_->pool));
    CHECK_OK(sync_file(file.get()));
    TRY(const bool moved, directory().move_in(path, std::string(key)));
    return moved ? Result<BlobInfo>(std::move(info)) : copy_in(key, file.get(), path);
}

Result<BlobInfo> LocalStore::copy_in(std::string_view key, int file, const std::string& path) {
    TRY(const auto writer, create(key));
    CHECK_OK(write_file_to(*writer, file));
    TRY(auto info, writer->finish());
    std::remove(path.c_str());
    return info;
}

} // namespace

Result<std::unique_ptr<ObjectStore>> open_local_store(const std::string& directory) {
    auto parts = std::make_shared<LocalParts>();
    TRY(parts->directory, LocalDirectory::open(directory));
    return std::make_unique<LocalStore>(std::move(parts));
}

} // namespace landfall::storage

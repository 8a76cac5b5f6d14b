#include "storage/s3/s3_store.hpp"

#include "storage/blob_key.hpp"
#include "storage/refusals.hpp"
#include "storage/s3/multipart.hpp"
#include "storage/s3/part_registry.hpp"
#include "storage/s3/s3_parts.hpp"
#include "storage/s3/s3_reader.hpp"
#include "storage/s3/s3_writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::string_view kUsEast = "us-east-1"; ///< the one region that a new bucket must not name

class S3Store final : public ObjectStore {
public:
    explicit S3Store(std::shared_ptr<S3Shared> shared)
        : shared_(std::move(shared)), part_store_(make_s3_parts(shared_)) {}

    Result<std::unique_ptr<BlobWriter>> create(std::string_view key, std::optional<std::int64_t> size) override {
        CHECK_OK(check_blob_key(key));
        return open_s3_writer(shared_, key, size);
    }

    Result<std::shared_ptr<const BlobReader>> open(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        std::string object = shared_->layout.blob(key);
        TRY(auto head, head_object(shared_->client, object));
        return make_s3_reader(shared_, std::move(object), std::move(head));
    }

    Status remove(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        std::vector<std::string> left;
        {
            const Lock lock(shared_->mutex);
            if (const auto found = shared_->live.find(key); found != shared_->live.end() && !found->second.finished)
                return being_written();
            if (auto found = shared_->leftovers.extract(std::string(key)); !found.empty())
                left = std::move(found.mapped());
        }
        const std::string object = shared_->layout.blob(key);
        for (auto& id : left)
            CHECK_OK(abort_multipart(*shared_, {object, std::move(id), {}}));
        S3Request request;
        request.method = "DELETE";
        request.key = object;
        TRY(const auto answer, shared_->client.send(request));
        if (!answer.ok() && answer.http.status != 404)
            return fail(s3_failure(answer, "DeleteObject"));
        return {};
    }

    Status list(const std::function<void(const BlobEntry&)>& visit) const override {
        TRY(auto entries, unfinished());
        const std::size_t from = shared_->layout.prefix().size();
        CHECK_OK(list_objects(*shared_, shared_->layout.prefix(), "/", [&](Listing&& page) -> Status {
            for (const auto& object : page.objects) {
                const auto key = std::string_view(object.key).substr(from);
                if (!is_blob_key(key))
                    continue;
                entries.erase(std::string(key)); // whoever came second left it
                visit({std::string(key), object.size, object.age, is_live(key), false});
            }
            return {};
        }));
        for (const auto& [key, entry] : entries)
            visit(entry);
        return {};
    }

    PartStore* parts() override { return part_store_.get(); }

private:
    using Entries = std::map<std::string, BlobEntry>;

    bool is_live(std::string_view key) const {
        const Lock lock(shared_->mutex);
        return shared_->live.contains(key);
    }

    /// What is written here, and what the store has of uploads that are nobody's parts.
    Result<Entries> unfinished() const {
        Entries entries;
        TRY(const auto uploads, list_multiparts(*shared_));
        PartRegistry registry(shared_);
        TRY(const auto known, registry.all());
        std::map<std::string, std::vector<std::string>, std::less<>> leftovers;
        for (const auto& open : uploads) {
            const std::string key = open.upload.key.substr(shared_->layout.prefix().size());
            if (!is_blob_key(key))
                continue;
            if (std::ranges::find(known, key, &PartRegistry::Known::key) != known.end()) {
                const auto of_parts = registry.find(key);
                if (!of_parts || of_parts->id == open.upload.id)
                    continue;
            }
            leftovers[key].push_back(open.upload.id);
            TRY(const auto age, since_last_part(open));
            auto& entry = entries.try_emplace(key, BlobEntry{key, 0, age, false, true}).first->second;
            entry.age = std::min(entry.age, age);
        }
        const Lock lock(shared_->mutex);
        shared_->leftovers = std::move(leftovers);
        const auto now = std::chrono::steady_clock::now();
        for (const auto& [key, live] : shared_->live)
            entries[key] = {key, 0, std::chrono::duration_cast<std::chrono::seconds>(now - live.since), true, true};
        return entries;
    }

    /// Another server may be at it: so long it has sent nothing.
    Result<std::chrono::seconds> since_last_part(const OpenMultipart& open) const {
        auto age = open.age;
        const auto parts = list_parts(*shared_, open.upload);
        if (!parts && parts.error().code != Code::NotFound)
            return fail(parts.error());
        if (parts)
            for (const auto& part : *parts)
                age = std::min(age, part.age);
        return age;
    }

    std::shared_ptr<S3Shared> shared_;
    std::unique_ptr<PartStore> part_store_;
};

Result<std::shared_ptr<S3Shared>> shared_of(const S3Options& options) {
    TRY(auto address, BucketAddress::of(options.settings));
    return std::make_shared<S3Shared>(options.settings, std::move(address),
                                      credential_sources(options.settings, options.variable), options.memory_bytes);
}

} // namespace

Result<std::unique_ptr<ObjectStore>> open_s3_store(const S3Options& options) {
    TRY(auto shared, shared_of(options));
    return std::make_unique<S3Store>(std::move(shared));
}

Status create_s3_bucket(const S3Options& options) {
    TRY(const auto shared, shared_of(options));
    S3Request request;
    request.method = "PUT";
    std::string body;
    if (options.settings.region != kUsEast)
        body = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>" +
               options.settings.region + "</LocationConstraint></CreateBucketConfiguration>";
    request.body = std::as_bytes(std::span(body));
    TRY(const auto answer, shared->client.send(request));
    if (answer.ok() || answer.code == "BucketAlreadyOwnedByYou")
        return {};
    if (answer.code == "BucketAlreadyExists")
        return fail(Code::Conflict, "s3.bucket: the name is taken by somebody else's bucket. Choose another");
    return fail(s3_failure(answer, "CreateBucket"));
}

} // namespace landfall::storage

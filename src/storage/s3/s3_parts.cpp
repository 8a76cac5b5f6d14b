#include "storage/s3/s3_parts.hpp"

#include "core/text.hpp"
#include "storage/blob_key.hpp"
#include "storage/crc.hpp"
#include "storage/refusals.hpp"
#include "storage/s3/part_pipe.hpp"
#include "storage/s3/part_registry.hpp"

#include <algorithm>
#include <future>
#include <system_error>
#include <utility>

namespace landfall::storage {
namespace {

/// What the part store and its writers share.
struct PartsShared {
    explicit PartsShared(std::shared_ptr<S3Shared> of_store) : store(std::move(of_store)), registry(store) {}

    std::shared_ptr<S3Shared> store;
    PartRegistry registry;
    Mutex mutex;
    std::map<std::string, int, std::less<>> writers GUARDED_BY(mutex); ///< of parts, by key
};

/// Says that a part of the key is being written here, until it goes.
class LivePart {
public:
    LivePart(std::shared_ptr<PartsShared> shared, std::string key) : shared_(std::move(shared)), key_(std::move(key)) {
        const Lock lock(shared_->mutex);
        ++shared_->writers[key_];
    }
    LivePart(const LivePart&) = delete;
    LivePart& operator=(const LivePart&) = delete;
    ~LivePart() {
        const Lock lock(shared_->mutex);
        if (const auto found = shared_->writers.find(key_); --found->second == 0)
            shared_->writers.erase(found);
    }
    const std::string& key() const { return key_; }
    PartsShared& shared() const { return *shared_; }

private:
    std::shared_ptr<PartsShared> shared_;
    std::string key_;
};

/// A part that was told of.
struct Slot {
    Multipart upload;
    int number = 0;
    std::optional<std::int64_t> size;
    std::int64_t counted = 0; ///< in the memory that all transfers share
    bool streams = false;     ///< too large to be held
};

class S3PartWriter final : public PartWriter {
public:
    S3PartWriter(std::shared_ptr<PartsShared> shared, std::string key, Slot slot)
        : live_(std::move(shared), std::move(key)), slot_(std::move(slot)), digester_(store().pool) {
        if (!slot_.streams)
            return;
        pipe_ = std::make_shared<PartPipe>(*slot_.size);
        sent_ = std::async(std::launch::async,
                           [pipe = pipe_, held = live_.shared().store, upload = slot_.upload, number = slot_.number] {
                               auto etag = storage::put_part(*held, upload, {number, {}, pipe.get(), nullptr});
                               pipe->close();
                               return etag;
                           });
    }

    ~S3PartWriter() override {
        if (pipe_)
            pipe_->cancel();
        if (sent_.valid())
            sent_.wait();
        store().memory.give(slot_.counted);
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished part");
        size_ += static_cast<std::int64_t>(bytes.size());
        if (slot_.size && size_ > *slot_.size)
            return fail(Code::InvalidArgument, "The part is longer than was said.");
        if (!slot_.size && size_ > kMostHeld)
            return fail(Code::PayloadTooLarge, "A part without Content-Length has at most 64 MiB. Send its length.");
        crc_.update(bytes);
        digester_.update(bytes);
        if (!pipe_)
            held_.insert(held_.end(), bytes.begin(), bytes.end());
        else if (!pipe_->push(bytes))
            return failed_on_the_way();
        return {};
    }

    Result<PartInfo> digest() override {
        TRY(auto digests, digester_.digest());
        return PartInfo{slot_.number, size_, std::move(digests.md5), std::move(digests.sha256), crc_.value()};
    }

    /// The record comes before the part, under the ETag that most stores give it, so that no part is without one.
    Result<PartInfo> finish() override {
        if (finished_)
            return fail_internal("a part is finished twice");
        TRY(auto info, digest());
        auto& registry = live_.shared().registry;
        const std::string expected = to_hex(info.md5);
        CHECK_OK(registry.announce(live_.key(), {info, expected}));
        const auto etag = send();
        if (!etag && etag.error().code == Code::NotFound)
            registry.forget(live_.key());
        if (!etag)
            return fail(etag.error());
        if (*etag != expected)
            CHECK_OK(registry.announce(live_.key(), {info, *etag}));
        finished_ = true;
        held_ = {};
        return info;
    }

private:
    S3Shared& store() const { return *live_.shared().store; }

    Result<std::string> send() {
        if (!pipe_)
            return storage::put_part(store(), slot_.upload, {slot_.number, held_, nullptr, nullptr});
        if (size_ != *slot_.size)
            return fail(Code::InvalidArgument, "The part is shorter than was said.");
        if (!sent_.valid())
            return fail_internal("a part is sent twice");
        pipe_->release();
        return sent_.get();
    }

    Status failed_on_the_way() {
        if (!sent_.valid())
            return fail(Code::Unavailable, "The object store broke off. Send the part again.");
        const auto etag = sent_.get();
        return etag ? Status(fail_internal("the store took a part that was not whole")) : Status(fail(etag.error()));
    }

    LivePart live_;
    Slot slot_;
    Digester digester_;
    Crc32c crc_;
    std::int64_t size_ = 0;
    std::vector<std::byte> held_;
    std::shared_ptr<PartPipe> pipe_; ///< of a part that is not held
    std::future<Result<std::string>> sent_;
    bool finished_ = false;
};

class S3PartStore final : public PartStore {
public:
    explicit S3PartStore(std::shared_ptr<S3Shared> shared)
        : shared_(std::make_shared<PartsShared>(std::move(shared))) {}

    Status create(std::string_view key, const PartPlan& plan) override {
        CHECK_OK(check_blob_key(key));
        CHECK_OK(check_part_plan(plan));
        CHECK_OK(check_free(store().client, store().layout.blob(key)));
        if (registry().find(key))
            return upload_taken();
        TRY(const auto upload, begin_multipart(store(), store().layout.blob(key)));
        auto added = registry().add(key, upload);
        if (!added)
            (void)abort_multipart(store(), upload); // another server was first; else the sweeper finds it
        return added;
    }

    Result<std::unique_ptr<PartWriter>> put_part(std::string_view key, int number,
                                                 std::optional<std::int64_t> size) override {
        CHECK_OK(check_part_number(number));
        CHECK_OK(check_blob_key(key));
        Slot slot;
        TRY(slot.upload, registry().find(key));
        slot.number = number;
        slot.size = size;
        if (const std::int64_t most = size.value_or(kMostHeld); most > kAlwaysHeld) {
            if (most <= kMostHeld && store().memory.take(most))
                slot.counted = most;
            else if (size)
                slot.streams = true;
            else
                return fail(Code::Unavailable,
                            "Too many parts without Content-Length are on their way. Send its length.");
        }
        try {
            return std::make_unique<S3PartWriter>(shared_, std::string(key), std::move(slot));
        } catch (const std::system_error& error) {
            return fail(Error(Code::Unavailable, "The server takes no more parts now. Try again in a moment.")
                            .because(error.what()));
        }
    }

    Result<std::vector<PartInfo>> list_parts(std::string_view key) const override {
        CHECK_OK(check_blob_key(key));
        TRY(const auto found, current(key));
        return infos_of(found.parts);
    }

    Result<CompletedBlob> complete(std::string_view key, const PartSelection& selection) override {
        CHECK_OK(check_blob_key(key));
        TRY(const auto found, current(key));
        TRY(const auto chosen, choose_parts(infos_of(found.parts), selection.numbers));
        CompletedBlob out;
        TRY(out.info, composite_info(key, chosen));
        CHECK_OK(check_selected(selection, out.info));
        TRY(auto live, LiveBlob::claim(shared_->store, key));
        CHECK_OK(check_free(store().client, found.upload.key));
        CHECK_OK(registry().seal(key, found.parts));
        std::vector<StoredPart> stored;
        for (const auto& part : chosen) {
            const auto& at = *std::ranges::lower_bound(found.parts, part.number, {},
                                                       [](const RegisteredPart& each) { return each.info.number; });
            stored.push_back({part.number, at.etag, part.size, {}});
        }
        CHECK_OK(complete_multipart(store(), found.upload, stored));
        live->finished();
        out.hold = std::move(live);
        return out;
    }

    Status abort(std::string_view key) override {
        CHECK_OK(check_blob_key(key));
        registry().forget(key);
        const auto upload = registry().find(key);
        if (!upload && upload.error().code != Code::NotFound)
            return fail(upload.error());
        if (upload)
            CHECK_OK(abort_multipart(store(), *upload));
        return registry().remove(key);
    }

    Result<int> sweep(std::chrono::seconds idle, const std::function<bool(const std::string& key)>& may_go) override {
        TRY(const auto known, registry().all());
        int swept = 0;
        for (const auto& upload : known) {
            if (upload.age < idle || !is_blob_key(upload.key) || is_written(upload.key) || !may_go(upload.key))
                continue;
            CHECK_OK(abort(upload.key));
            ++swept;
        }
        return swept;
    }

private:
    /// An upload with the parts that there are.
    struct Current {
        Multipart upload;
        std::vector<RegisteredPart> parts;
    };

    S3Shared& store() const { return *shared_->store; }
    PartRegistry& registry() const { return shared_->registry; }

    /// What is remembered of an upload may be of one that another server has ended.
    Result<Current> current(std::string_view key) const {
        TRY(auto upload, registry().find(key));
        auto parts = registry().parts(key, upload);
        if (!parts && parts.error().code == Code::NotFound) {
            registry().forget(key);
            TRY(upload, registry().find(key));
            parts = registry().parts(key, upload);
        }
        if (!parts)
            return fail(parts.error());
        return Current{std::move(upload), *std::move(parts)};
    }

    bool is_written(const std::string& key) const {
        const Lock lock(shared_->mutex);
        return shared_->writers.contains(key);
    }

    std::shared_ptr<PartsShared> shared_;
};

} // namespace

std::unique_ptr<PartStore> make_s3_parts(std::shared_ptr<S3Shared> shared) {
    return std::make_unique<S3PartStore>(std::move(shared));
}

} // namespace landfall::storage

#include "storage/s3/s3_writer.hpp"

#include "storage/part_store.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::int64_t kMebibyte = 1LL << 20U;
constexpr std::int64_t kLargestS3Part = 64 * kMebibyte;
constexpr int kGrowsAfter = 1000; ///< parts of a body that does not tell its length

auto too_large() {
    return fail(Code::PayloadTooLarge,
                fmt::format("A file in one piece has at most {} GiB here. Send it in parts", kLargestS3Body >> 30U));
}

auto dropped_there() {
    return fail(Error(Code::Unavailable, "The object store has dropped what it had of the file. Send it again.")
                    .because("the multipart upload was aborted meanwhile"));
}

class S3Writer final : public BlobWriter {
public:
    S3Writer(std::shared_ptr<S3Shared> shared, std::unique_ptr<LiveBlob> live, std::string key,
             std::optional<std::int64_t> told)
        : shared_(std::move(shared)), live_(std::move(live)), key_(std::move(key)), is_told_(told.has_value()),
          part_size_(s3_part_size(told)), digester_(shared_->pool) {}

    ~S3Writer() override {
        dropped_ = true;
        while (!sending_.empty())
            (void)settle_first(); // nobody asks any more
        if (upload_ && !finished_)
            (void)abort_multipart(*shared_, *upload_); // else the sweeper finds it
    }

    Status write(std::span<const std::byte> bytes) override {
        if (finished_)
            return fail_internal("write to a finished blob");
        if (failure_)
            return fail(*failure_);
        digester_.update(bytes);
        size_ += static_cast<std::int64_t>(bytes.size());
        while (!bytes.empty()) {
            const auto room = static_cast<std::size_t>(part_size_) - buffer_.size();
            const auto taken = bytes.first(std::min(room, bytes.size()));
            if (buffer_.size() + taken.size() > kMebibyte)
                buffer_.reserve(static_cast<std::size_t>(part_size_));
            buffer_.insert(buffer_.end(), taken.begin(), taken.end());
            bytes = bytes.subspan(taken.size());
            if (static_cast<std::int64_t>(buffer_.size()) == part_size_)
                CHECK_OK(kept(send_buffer()));
        }
        return {};
    }

    Result<BlobInfo> digest() override {
        TRY(auto digests, digester_.digest());
        return BlobInfo{key_, size_, std::move(digests.md5), std::move(digests.sha256)};
    }

    Result<BlobInfo> finish() override {
        if (finished_)
            return fail_internal("a blob is finished twice");
        if (failure_)
            return fail(*failure_);
        TRY(auto info, digest());
        CHECK_OK(
            kept(upload_ ? finish_parts() : put_object(*shared_, {shared_->layout.blob(key_), buffer_, info.md5})));
        finished_ = true;
        buffer_ = {};
        live_->finished();
        return info;
    }

private:
    using Bytes = std::vector<std::byte>;

    /// A part on its way.
    struct Sending {
        int number;
        std::int64_t size;
        std::int64_t counted; ///< in the memory that all share
        std::future<Result<std::string>> etag;
    };

    /// What failed once stays failed: a part is missing then.
    Status kept(Status status) {
        if (!status)
            failure_ = status.error();
        return status;
    }

    /// Hands the full buffer over to a thread; waits while as much is on its way as may be.
    Status send_buffer() {
        if (number_ == kMostParts)
            return too_large();
        if (!upload_) {
            TRY(upload_, begin_multipart(*shared_, shared_->layout.blob(key_)));
        }
        std::int64_t counted = 0;
        while (!sending_.empty()) {
            const auto held = static_cast<std::int64_t>(sending_.size() + 2) * part_size_;
            if (held <= kMostHeld && shared_->memory.take(part_size_)) {
                counted = part_size_;
                break;
            }
            CHECK_OK(settle_first());
        }
        auto bytes = std::make_shared<const Bytes>(std::exchange(buffer_, {}));
        const int number = ++number_;
        if (!is_told_ && number % kGrowsAfter == 0)
            part_size_ = std::min(2 * part_size_, kLargestS3Part);
        sending_.push_back({number, static_cast<std::int64_t>(bytes->size()), counted,
                            in_background([this, bytes, number]() -> Result<std::string> {
                                return put_part(*shared_, *upload_, {number, *bytes, nullptr, &dropped_});
                            })});
        return {};
    }

    Status settle_first() {
        Sending first = std::move(sending_.front());
        sending_.pop_front();
        auto etag = first.etag.get();
        shared_->memory.give(first.counted);
        if (!etag && etag.error().code == Code::NotFound)
            return dropped_there();
        if (!etag)
            return fail(etag.error());
        parts_.push_back({first.number, *std::move(etag), first.size, {}});
        return {};
    }

    Status finish_parts() {
        if (!buffer_.empty())
            CHECK_OK(send_buffer());
        while (!sending_.empty())
            CHECK_OK(settle_first());
        auto done = complete_multipart(*shared_, *upload_, parts_);
        if (!done && done.error().code == Code::NotFound)
            return dropped_there();
        return done;
    }

    std::shared_ptr<S3Shared> shared_;
    std::unique_ptr<LiveBlob> live_;
    const std::string key_;
    const bool is_told_; ///< how many bytes come
    std::int64_t part_size_;
    Digester digester_;
    Bytes buffer_; ///< of the part that fills
    std::int64_t size_ = 0;
    int number_ = 0; ///< of the last part that was sent
    std::optional<Multipart> upload_;
    std::vector<StoredPart> parts_; ///< that the store has
    std::optional<Error> failure_;
    bool finished_ = false;
    std::atomic<bool> dropped_{false};
    std::deque<Sending> sending_;
};

} // namespace

std::int64_t s3_part_size(std::optional<std::int64_t> size) {
    const std::int64_t least = (size.value_or(0) + kMostParts - 1) / kMostParts;
    const std::int64_t whole = (least + kMebibyte - 1) / kMebibyte * kMebibyte;
    return std::clamp(whole, kAlwaysHeld, kLargestS3Part);
}

Result<std::unique_ptr<BlobWriter>> open_s3_writer(const std::shared_ptr<S3Shared>& shared, std::string_view key,
                                                   std::optional<std::int64_t> size) {
    if (size && *size > kLargestS3Body)
        return too_large();
    TRY(auto live, LiveBlob::claim(shared, key));
    CHECK_OK(check_free(shared->client, shared->layout.blob(key)));
    return std::make_unique<S3Writer>(shared, std::move(live), std::string(key), size);
}

} // namespace landfall::storage

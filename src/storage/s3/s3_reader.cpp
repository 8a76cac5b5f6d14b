#include "storage/s3/s3_reader.hpp"

#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <utility>
#include <vector>

namespace landfall::storage {
namespace {

constexpr std::int64_t kFirstRun = 256LL << 10U; ///< bytes of the first request of a stream
constexpr std::int64_t kLongestRun = 4LL << 20U; ///< of later ones
constexpr std::int64_t kAheadFrom = 1LL << 20U;  ///< runs of so many bytes are asked for ahead

auto broke_off(std::string cause) {
    return fail(
        Error(Code::Unavailable, "The object store broke off. Try again in a moment.").because(std::move(cause)));
}

/// Takes a range, which must be all of it.
class RangeSink final : public outbound::ResponseSink {
public:
    explicit RangeSink(std::span<std::byte> into) : into_(into) {}

    Status begin(const outbound::HttpResponse& head) override {
        at_ = 0;
        if (head.status != 206)
            return broke_off(fmt::format("status {} for a range", head.status));
        return {};
    }

    Status write(std::string_view bytes) override {
        if (bytes.size() > into_.size() - at_)
            return broke_off("more bytes than were asked for");
        std::memcpy(into_.data() + at_, bytes.data(), bytes.size());
        at_ += bytes.size();
        return {};
    }

    bool is_full() const { return at_ == into_.size(); }

private:
    std::span<std::byte> into_;
    std::size_t at_ = 0;
};

/// The object as it was when it was opened.
struct OpenObject {
    std::shared_ptr<S3Shared> shared;
    std::string key; ///< whole
    ObjectHead head;
};

Status read_range(const OpenObject& object, std::int64_t offset, std::span<std::byte> into,
                  const std::atomic<bool>* dropped) {
    RangeSink sink(into);
    S3Request request;
    request.key = object.key;
    request.headers = {
        {"Range", fmt::format("bytes={}-{}", offset, offset + static_cast<std::int64_t>(into.size()) - 1)}};
    if (!object.head.etag.empty())
        request.headers.emplace_back("If-Match", object.head.etag);
    request.sink = &sink;
    request.dropped = dropped;
    TRY(const auto answer, object.shared->client.send(request));
    if (answer.http.status == 404 || answer.http.status == 412)
        return no_such_object();
    if (!answer.ok())
        return fail(s3_failure(answer, "GetObject"));
    if (!sink.is_full())
        return broke_off("fewer bytes than were asked for");
    return {};
}

/// Asks for runs that double, and for the next while one is taken, as long as there is memory for it.
class S3Stream final : public BlobStream {
public:
    S3Stream(OpenObject object, std::int64_t offset, std::int64_t length)
        : object_(std::move(object)), next_(offset), end_(offset + length) {}

    ~S3Stream() override {
        dropped_ = true;
        if (ahead_.valid())
            ahead_.wait();
        object_.shared->memory.give(counted_);
    }

    Result<std::size_t> read(std::span<std::byte> into) override {
        if (at_ == run_.size()) {
            if (!ahead_.valid() && next_ == end_)
                return std::size_t{0};
            CHECK_OK(advance());
        }
        const auto count = std::min(into.size(), run_.size() - at_);
        std::memcpy(into.data(), run_.data() + at_, count);
        at_ += count;
        return count;
    }

private:
    using Run = std::vector<std::byte>;

    Status advance() {
        if (!ahead_.valid())
            ask(std::launch::deferred);
        TRY(run_, ahead_.get());
        at_ = 0;
        grow();
        if (next_ < end_ && length_ >= kAheadFrom)
            ask(std::launch::async);
        return {};
    }

    /// Both of a stream's runs count.
    void grow() {
        if (length_ < kLongestRun && object_.shared->memory.take(2 * length_)) {
            counted_ += 2 * length_;
            length_ *= 2;
        }
    }

    void ask(std::launch when) {
        const std::int64_t from = next_;
        const std::int64_t count = std::min(length_, end_ - next_);
        next_ += count;
        const auto fetch = [this, from, count]() -> Result<Run> {
            Run run(static_cast<std::size_t>(count));
            CHECK_OK(read_range(object_, from, run, &dropped_));
            return run;
        };
        ahead_ = when == std::launch::async ? in_background(fetch) : std::async(when, fetch);
    }

    const OpenObject object_;
    std::int64_t next_; ///< where the next run begins
    const std::int64_t end_;
    std::int64_t length_ = kFirstRun;
    std::int64_t counted_ = 0; ///< in the memory that all share
    Run run_;
    std::size_t at_ = 0;
    std::atomic<bool> dropped_{false};
    std::future<Result<Run>> ahead_;
};

class S3Reader final : public BlobReader {
public:
    explicit S3Reader(OpenObject object) : object_(std::move(object)) {}

    std::int64_t size() const override { return object_.head.size; }

    Result<std::size_t> read(std::int64_t offset, std::span<std::byte> into) const override {
        if (offset < 0)
            return fail(Code::InvalidArgument, "The offset to read at must not be negative.");
        const auto left = std::max<std::int64_t>(0, size() - offset);
        const auto part =
            into.first(static_cast<std::size_t>(std::min<std::int64_t>(left, static_cast<std::int64_t>(into.size()))));
        if (!part.empty())
            CHECK_OK(read_range(object_, offset, part, nullptr));
        return part.size();
    }

    std::unique_ptr<BlobStream> stream(std::int64_t offset, std::int64_t length) const override {
        return std::make_unique<S3Stream>(object_, offset, length);
    }

private:
    const OpenObject object_;
};

} // namespace

std::shared_ptr<const BlobReader> make_s3_reader(std::shared_ptr<S3Shared> shared, std::string object_key,
                                                 ObjectHead head) {
    return std::make_shared<const S3Reader>(OpenObject{std::move(shared), std::move(object_key), std::move(head)});
}

} // namespace landfall::storage

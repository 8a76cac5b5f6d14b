#include "cli/transfer/transfer.hpp"

#include "cli/transfer/file_name.hpp"
#include "cli/transfer/file_source.hpp"
#include "core/mutex.hpp"

#include <fmt/format.h>

#include <deque>
#include <thread>

namespace landfall::cli {
namespace {

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::seconds kPutStall{120}; // the server may still write and hash when all bytes have left

/// Sends single files; one per thread.
class Sender {
public:
    Sender(const TransferPlan& plan, Meter& meter, const std::stop_token& stop)
        : plan_(plan), meter_(meter), stop_(stop), api_(plan.server, stop), client_(stop, plan.server.authorities) {}

    Status send(const LocalFile& file) {
        TRY(const auto source, FileSource::open(file.path, meter_));
        if (source->size() != file.size)
            return fail(Code::Internal, fmt::format("'{}' changed while it was uploaded", file.path));
        url_.clear();
        const auto sent = with_retries<outbound::HttpResponse>(plan_.retry, stop_, [&] { return put(file, *source); });
        if (sent)
            return {};
        (void)source->rewind(); // its bytes count for nothing
        return fail(about(file, sent.error()));
    }

private:
    /// The error with the name of the file, where there are several.
    Error about(const LocalFile& file, Error error) const {
        if (plan_.files.size() > 1 && error.code != Code::Canceled) {
            error.message = fmt::format("{}: {}", printable(file.name), error_lines(error).front());
            error.fields.clear();
        }
        return error;
    }

    /// One try: a URL that no longer holds is replaced once.
    Result<outbound::HttpResponse> put(const LocalFile& file, FileSource& source) {
        for (int signing = 0;; ++signing) {
            if (url_.empty()) {
                TRY(url_, sign(file));
            }
            TRY(outbound::HttpResponse response, client_.send(request_for(file, source)));
            if (response.status >= 200 && response.status < 300)
                return response;
            if (response.status != 403 || signing > 0)
                return fail(refusal(response));
            url_.clear();
        }
    }

    outbound::HttpRequest request_for(const LocalFile& file, FileSource& source) const {
        outbound::HttpRequest request;
        request.method = "PUT";
        request.url = url_;
        request.headers = {{"Content-Type", media_type_of(file.name)}};
        request.source = &source;
        request.stall = kPutStall;
        return request;
    }

    Result<std::string> sign(const LocalFile& file) {
        const Json input = Json::object(
            {{"upload_id", plan_.upload_id}, {"file_name", file.name}, {"content_type", media_type_of(file.name)}});
        TRY(const Json made, api_.call_json("uploads.signed_url", input));
        std::string url = made["upload_url"].as_string();
        if (!url.starts_with("http://") && !url.starts_with("https://"))
            return fail(Code::Internal, "The server gave no usable upload URL; check its public_url setting");
        return url;
    }

    const TransferPlan& plan_;
    Meter& meter_;
    const std::stop_token& stop_;
    Api api_;
    outbound::HttpClient client_;
    std::string url_;
};

/// The queue of files and what became of them. Thread-safe.
class Board {
public:
    explicit Board(const TransferPlan& plan, int senders) : plan_(plan), running_(senders) {}

    const LocalFile* next() {
        const Lock lock(mutex_);
        return next_ < plan_.files.size() && !failure_ ? &plan_.files[next_++] : nullptr;
    }
    void note(const LocalFile& file, const Status& status) {
        const Lock lock(mutex_);
        if (status)
            arrived_.push_back(&file);
        else if (!failure_)
            failure_ = status.error();
        changed_.notify_all();
    }
    void leave() {
        const Lock lock(mutex_);
        --running_;
        changed_.notify_all();
    }
    bool failed() const {
        const Lock lock(mutex_);
        return failure_.has_value();
    }
    /// Tells of events until every sender has left.
    Status watch(const TransferEvents& events) {
        const Lock lock(mutex_);
        while (running_ > 0 || !arrived_.empty()) {
            if (arrived_.empty())
                changed_.wait_until(mutex_, std::chrono::steady_clock::now() + kTick);
            const auto arrived = std::exchange(arrived_, {});
            const Unlock meanwhile(mutex_);
            for (const LocalFile* file : arrived)
                events.sent(*file);
            events.tick();
        }
        return failure_ ? Status(fail(*failure_)) : Status();
    }

private:
    const TransferPlan& plan_;
    mutable Mutex mutex_;
    Condition changed_;
    std::size_t next_ GUARDED_BY(mutex_) = 0;
    int running_ GUARDED_BY(mutex_);
    std::deque<const LocalFile*> arrived_ GUARDED_BY(mutex_);
    std::optional<Error> failure_ GUARDED_BY(mutex_);
};

void work(const TransferPlan& plan, Meter& meter, Board& board, const std::stop_source& stop) {
    const std::stop_token token = stop.get_token();
    Sender sender(plan, meter, token);
    while (const LocalFile* file = board.next()) {
        board.note(*file, sender.send(*file));
        if (board.failed())
            stop.request_stop();
    }
    board.leave();
}

} // namespace

Status send_files(const TransferPlan& plan, Meter& meter, const TransferEvents& events) {
    const int count =
        std::clamp(plan.parallel, 1, std::max(1, static_cast<int>(std::min<std::size_t>(plan.files.size(), 16))));
    std::stop_source stop;
    const std::stop_callback forward(plan.interrupted, [&stop] { stop.request_stop(); });
    Board board(plan, count);
    std::vector<std::jthread> senders;
    senders.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        senders.emplace_back([&] { work(plan, meter, board, stop); });
    return board.watch(events);
}

} // namespace landfall::cli

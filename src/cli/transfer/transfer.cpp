#include "cli/transfer/transfer.hpp"

#include "cli/api.hpp"
#include "cli/terminal.hpp"
#include "core/mutex.hpp"

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <thread>

namespace landfall::cli {
namespace {

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::seconds kPutStall{120}; // the server may still write and hash when all bytes have left

/// Sends single pieces; one per thread.
class Sender {
public:
    Sender(const TransferPlan& plan, Meter& meter, const std::stop_token& stop)
        : plan_(plan), meter_(meter), stop_(stop),
          client_(std::make_shared<outbound::HttpClient>(stop, plan.authorities)) {}

    /// Whether its file has arrived with it.
    Result<bool> send(const Piece& piece) {
        auto arrived = send(piece, *plan_.targets[piece.file]);
        if (!arrived)
            return fail(about(plan_.files[piece.file], std::move(arrived).error()));
        return arrived;
    }

private:
    Result<bool> send(const Piece& piece, PartFile& target) {
        bool is_last = piece.part == Piece::kComplete;
        if (!is_last) {
            TRY(auto md5, send_part(plan_.files[piece.file], target, piece.part));
            is_last = target.stored(piece.part, std::move(md5));
        }
        if (!is_last)
            return false;
        return with_retries<bool>(plan_.retry, stop_, [&]() -> Result<bool> {
            CHECK_OK(target.complete(client_));
            return true;
        });
    }

    /// Gives the MD5 of what was sent, hexadecimal.
    Result<std::string> send_part(const LocalFile& file, PartFile& target, int number) {
        TRY(const auto source, FileSource::open(file.path, {meter_, plan_.limit.get(), stop_}, target.range(number)));
        if (source->file_size() != file.size)
            return fail(Code::Internal, fmt::format("'{}' changed while it was uploaded", file.path));
        auto sent = with_retries<std::string>(plan_.retry, stop_, [&] { return put(*source, target, number); });
        if (!sent)
            (void)source->rewind(); // its bytes count for nothing
        return sent;
    }

    /// The error with the name of the file, where there are several.
    Error about(const LocalFile& file, Error error) const {
        if (plan_.files.size() > 1 && error.code != Code::Canceled) {
            error.message = fmt::format("{}: {}", printable(file.name), error_lines(error).front());
            error.fields.clear();
        }
        return error;
    }

    /// One try: an address that no longer holds is replaced once.
    Result<std::string> put(FileSource& source, PartFile& target, int number) {
        for (int signing = 0;; ++signing) {
            TRY(PartAddress address, target.address(number, client_));
            outbound::HttpRequest request;
            request.method = "PUT";
            request.url = std::move(address.url);
            request.headers = std::move(address.headers);
            request.source = &source;
            request.stall = kPutStall;
            TRY(const outbound::HttpResponse response, client_->send(request));
            if (response.status >= 200 && response.status < 300)
                return stored_as(source, response);
            if (response.status != 403 || signing > 0)
                return fail(refusal(response));
            target.forget_address(number);
        }
    }

    /// What the server stored is what was read.
    static Result<std::string> stored_as(const FileSource& source, const outbound::HttpResponse& response) {
        TRY(std::string md5, source.md5());
        if (const auto etag = response.header("etag"); etag && *etag != fmt::format("\"{}\"", md5))
            return fail(Code::Unavailable, "The bytes were changed on their way to the server");
        return md5;
    }

    const TransferPlan& plan_;
    Meter& meter_;
    const std::stop_token& stop_;
    const SharedClient client_;
};

/// The queue of pieces and what became of their files. Thread-safe.
class Board {
public:
    explicit Board(const TransferPlan& plan, int senders) : plan_(plan), running_(senders) {}

    const Piece* next() {
        const Lock lock(mutex_);
        return next_ < plan_.pieces.size() && !failure_ ? &plan_.pieces[next_++] : nullptr;
    }
    void note(const Piece& piece, const Result<bool>& arrived) {
        const Lock lock(mutex_);
        if (arrived && *arrived)
            arrived_.push_back(&plan_.files[piece.file]);
        else if (!arrived && !failure_)
            failure_ = arrived.error();
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
    while (const Piece* piece = board.next()) {
        board.note(*piece, sender.send(*piece));
        if (board.failed())
            stop.request_stop();
    }
    board.leave();
}

} // namespace

void TransferPlan::aim(std::size_t file, std::shared_ptr<PartFile> target) {
    targets.resize(files.size());
    targets[file] = std::move(target);
    const auto missing = targets[file]->missing();
    for (const int number : missing)
        pieces.push_back({file, number});
    if (missing.empty())
        pieces.push_back({file, Piece::kComplete});
}

Status send_files(const TransferPlan& plan, Meter& meter, const TransferEvents& events) {
    const int count =
        std::clamp(plan.parallel, 1, std::max(1, static_cast<int>(std::min<std::size_t>(plan.pieces.size(), 16))));
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

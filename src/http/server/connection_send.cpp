#include "http/message/response_head.hpp"
#include "http/server/connection.hpp"
#include "http/server/file_send.hpp"

#include <algorithm>
#include <array>
#include <sys/socket.h>

namespace landfall::http {
namespace {

constexpr std::int64_t kSkippedBytes = 64 * 1024; ///< a refused body up to this is read so that the connection lives on
constexpr std::size_t kDiscardedBytes = 1 << 20;  ///< read before closing, so that the answer is not lost to a reset
constexpr std::chrono::milliseconds kDiscardTime{2000};
constexpr int kClientLeft = 499; ///< the status that logs know for an answer nobody waits for

} // namespace

/// True if the connection goes on.
Task<bool> Connection::send_response() {
    const Request& request = head_.request;
    const bool head_only = request.method == "HEAD";
    BodyBudget::Share unsent(service_.answers, request.owner);
    if (const auto* text = std::get_if<std::string>(&response_.body);
        text != nullptr && !unsent.grow_to(text->size())) {
        unsent.give_back();
        refuse_instead(kManyUnsent); // it is let go of, or the limit would be none
    }
    if (!head_only && may_have_body(response_.status) && body_length(response_) > 0)
        co_await begin_pull();
    const bool keep = can_keep_alive();
    const ResponseFrame frame{loop_.date(), request.request_id, keep, head_.framing.http_1_0, head_only};
    out_.clear();
    append_response_head(out_, response_, frame, service_.cors, request.headers);
    const std::int64_t wanted = head_only || !may_have_body(response_.status) ? 0 : body_length(response_);
    transport_.hold_to(
        RateFloor(limits().stream_min_bytes_per_second, limits().stream_rate_window, SteadyClock::now()));
    const std::int64_t sent = co_await send_head_and_body(wanted);
    transport_.hold_to(std::nullopt);
    if (pull_ && response_.log_cause.empty())
        response_.log_cause = pull_->cause();
    pull_.reset();
    report(std::max<std::int64_t>(sent, 0));
    transport_.expire_never();
    if (sent != wanted || !keep)
        co_return false;
    if (body_.ended())
        co_return true;
    const bool skipped = co_await skip_rest_of_body();
    co_return skipped;
}

/// Has the first bytes of a body that must be pulled before its head is sent, or a refusal in its place.
Task<void> Connection::begin_pull() {
    if (auto* file = std::get_if<FileBody>(&response_.body); file != nullptr && transport_.secure())
        response_.body = pulled(FileBody(std::move(*file)));
    const auto* body = std::get_if<PulledBody>(&response_.body);
    if (body == nullptr)
        co_return;
    pull_.emplace(*body, transport_, *service_.streams, head_.request.owner);
    const bool begun = co_await pull_->begin();
    if (begun)
        co_return;
    refuse_instead("The bytes cannot be read now. Try again shortly.");
    response_.log_cause = pull_->cause();
    pull_.reset();
}

/// In the place of an answer that there is.
void Connection::refuse_instead(const std::string& detail) {
    Response unsent = std::move(response_);
    refuse(503, detail);
    response_.operation = std::move(unsent.operation);
    response_.principal = std::move(unsent.principal);
}

/// Sends `out_` and `wanted` bytes of the body; the bytes of the body that left, negative if the head did not.
Task<std::int64_t> Connection::send_head_and_body(std::int64_t wanted) {
    const auto stall = limits().stream_idle_timeout;
    std::string_view head = out_;
    std::string_view text;
    if (const auto* whole = std::get_if<std::string>(&response_.body); whole != nullptr && wanted > 0)
        text = *whole;
    const bool more = wanted > static_cast<std::int64_t>(text.size());
    const std::size_t total = head.size() + text.size();
    std::size_t sent = 0;
    if (!transport_.secure()) {
        const auto now = transport_.send_now(head, text, more ? MSG_MORE : 0);
        if (!now)
            co_return -1;
        sent = *now;
        head.remove_prefix(std::min(sent, head.size()));
        text.remove_prefix(sent > out_.size() ? sent - out_.size() : 0);
    }
    if (sent < total)
        sent += co_await transport_.send(head, text, stall);
    if (sent < total || !more)
        co_return static_cast<std::int64_t>(sent) - static_cast<std::int64_t>(out_.size());
    std::int64_t of_body = 0;
    if (pull_)
        of_body = co_await pull_->send(stall);
    else
        of_body =
            co_await FileSend(std::get<FileBody>(response_.body), transport_, *service_.streams, head_.request.owner)
                .send(stall);
    co_return of_body;
}

bool Connection::can_keep_alive() const {
    if (closing_ || !head_.framing.keep_alive || loop_.draining())
        return false;
    if (body_.ended())
        return true;
    const auto remaining = body_.remaining();
    return !owes_continue_ && remaining && *remaining <= kSkippedBytes;
}

Task<bool> Connection::skip_rest_of_body() {
    std::array<std::byte, 8 * 1024> sink;
    transport_.expire_after(kDiscardTime);
    while (!body_.ended()) {
        const std::size_t count = co_await body_.read(sink);
        if (count == 0)
            co_return false;
    }
    co_return true;
}

/// Tells those who count. Bytes in are the body's.
void Connection::report(std::int64_t body_sent) {
    service_.counters.bytes_in.fetch_add(static_cast<std::uint64_t>(body_.bytes()), std::memory_order_relaxed);
    service_.counters.bytes_out.fetch_add(static_cast<std::uint64_t>(body_sent), std::memory_order_relaxed);
    if (response_.on_sent)
        response_.on_sent(body_sent);
    if (!service_.on_exchange)
        return;
    Request& request = head_.request;
    Exchange exchange;
    exchange.user_agent = std::string(request.headers.get("User-Agent").value_or(""));
    exchange.method = std::move(request.method);
    exchange.path = std::move(request.path);
    exchange.operation = std::move(response_.operation);
    exchange.principal = std::move(response_.principal);
    exchange.remote_address = std::move(request.remote_address);
    exchange.request_id = std::move(request.request_id);
    exchange.client_request_id = std::move(request.client_request_id);
    exchange.cause = lost_ ? "the client left" : std::move(response_.log_cause);
    exchange.status = lost_ ? kClientLeft : response_.status;
    exchange.bytes_in = body_.bytes();
    exchange.bytes_out = body_sent;
    exchange.duration = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started_);
    service_.on_exchange(exchange);
}

/// Closes so that the peer can still read the answer: a socket closed over unread input sends a reset.
Task<void> Connection::end() {
    if (fresh_ || lost_) {
        transport_.cut();
        co_return;
    }
    const bool input_remains = closing_ || !body_.ended() || !input_.empty();
    co_await transport_.finish_sending();
    if (!input_remains)
        co_return;
    transport_.expire_after(kDiscardTime);
    co_await transport_.discard(kDiscardedBytes);
}

} // namespace landfall::http

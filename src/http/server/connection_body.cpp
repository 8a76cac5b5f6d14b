#include "http/message/content_coding.hpp"
#include "http/server/connection.hpp"
#include "http/server/upload.hpp"

#include <algorithm>
#include <exception>
#include <span>
#include <sys/socket.h>

namespace landfall::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t kFirstBodyBytes = BodyBudget::kFreeBytes;
/// Reads that waited longer than this are dropped if their client has left meanwhile.
constexpr std::chrono::milliseconds kPatience{100};

bool has_left(int descriptor) {
    char byte = 0;
    return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

} // namespace

Task<void> Connection::answer_buffered(const BufferedRoute& route) {
    const std::int64_t limit = limits().json_body_bytes;
    if (limit > 0 && head_.framing.content_length > limit) {
        refuse(413, "The request's body is larger than this server accepts here.");
        co_return;
    }
    BodyBudget::Share share(service_.bodies, head_.request.owner);
    bool complete = body_.ended();
    if (!complete && route.vet && body_.remaining().value_or(BodyBudget::kFreeBytes + 1) > BodyBudget::kFreeBytes) {
        const bool welcome = co_await passes(route.vet);
        if (!welcome)
            co_return;
    }
    if (!complete)
        complete = co_await read_whole_body(share);
    const Lane lane = route.lane_of(head_.request);
    if (complete && lane == Lane::Inline)
        call_handler(route.handler);
    else if (complete && (!route.quick || !answer_quickly(route.quick)))
        co_await call_on_pool(service_.lanes.at(lane), route.handler);
    head_.request.body = {}; // an idle connection keeps nothing
}

/// Whether `vet` has nothing against the request, whose body has not been read; else its refusal stands.
Task<bool> Connection::passes(const QuickHandler& vet) {
    bool refused = false;
    co_await call_on_pool(service_.lanes.at(Lane::Interactive), [&](const Request& request) {
        auto refusal = vet(request);
        refused = refusal.has_value();
        return std::move(refusal).value_or(Response{});
    });
    refused = refused || answered_ || lost_;
    co_return !refused;
}

/// False if there is nothing to hand to the handler; a refusal stands or the peer is lost.
Task<bool> Connection::read_whole_body(BodyBudget::Share& share) {
    const bool invited = co_await invite_body();
    if (!invited)
        co_return false;
    std::string& text = head_.request.body;
    const std::int64_t limit = limits().json_body_bytes;
    std::size_t used = 0;
    transport_.expire_after(limits().json_body_timeout);
    while (!body_.ended()) {
        if (used == text.size()) {
            const auto known = static_cast<std::size_t>(body_.remaining().value_or(1 << 20));
            const std::size_t wanted = used + std::min(known, std::max(used, kFirstBodyBytes));
            if (!share.grow_to(wanted)) {
                refuse(503, "The server holds as many large bodies as it can. Try again shortly.");
                co_return false;
            }
            text.resize(wanted);
        }
        const std::span<char> space(text.data() + used, text.size() - used);
        const std::size_t count = co_await body_.read(std::as_writable_bytes(space));
        if (count == 0 && !body_.ended()) {
            body_failed("The request's body took too long to arrive.");
            co_return false;
        }
        used += count;
        if (limit > 0 && static_cast<std::int64_t>(used) > limit) {
            refuse(413, "The request's body is larger than this server accepts here.");
            co_return false;
        }
    }
    text.resize(used);
    transport_.expire_never();
    co_return true;
}

/// Sends `100 Continue` if the peer waits for it.
Task<bool> Connection::invite_body() {
    if (!owes_continue_)
        co_return true;
    owes_continue_ = false;
    const std::size_t sent = co_await transport_.send(kContinue, {}, limits().stream_idle_timeout);
    lost_ = sent != kContinue.size();
    co_return !lost_;
}

void Connection::body_failed(std::string_view reason) {
    if (body_.malformed())
        refuse_and_close(400, "The request's body is not a well-formed chunked body.");
    else if (transport_.expired())
        refuse_and_close(408, std::string(reason));
    else
        lost_ = true;
}

bool Connection::answer_quickly(const QuickHandler& quick) {
    bool answered = true;
    call_handler([&](const Request& request) {
        auto response = quick(request);
        answered = response.has_value();
        return std::move(response).value_or(Response{});
    });
    return answered;
}

/// Runs on the loop or on the pool; everything it touches is this exchange's.
void Connection::call_handler(const Handler& handler) {
    std::string cause;
    try {
        response_ = handler(head_.request);
        return;
    } catch (const std::exception& e) {
        cause = e.what();
    } catch (...) {
        cause = "an unknown exception";
    }
    fail_neutrally("the handler threw: " + cause);
}

Task<void> Connection::call_on_pool(WorkPool& pool, const Handler& handler) {
    const bool may_drop = head_.request.method == "GET" || head_.request.method == "HEAD";
    const int descriptor = transport_.descriptor();
    if (service_.answers.is_spent(head_.request.owner)) {
        refuse(503, kManyUnsent);
        co_return;
    }
    const auto queued = SteadyClock::now();
    const bool started = offload_.try_start(pool, [this, &handler, may_drop, descriptor, queued] {
        lost_ = may_drop && SteadyClock::now() - queued > kPatience && has_left(descriptor);
        if (!lost_)
            call_handler([&handler](const Request& request) {
                Response response = handler(request);
                encode(request, response);
                return response;
            });
    });
    if (!started) {
        refuse(503, "The server is busy. Try again shortly.");
        co_return;
    }
    co_await offload_.wait();
}

Task<void> Connection::answer_streamed(const StreamRoute& route) {
    std::unique_ptr<BodySink> sink;
    const bool started = offload_.try_start(*service_.streams, [this, &route, &sink] {
        call_handler([&](const Request& request) {
            auto verdict = route.begin(request);
            if (auto* refusal = std::get_if<Response>(&verdict))
                return std::move(*refusal);
            sink = std::get<std::unique_ptr<BodySink>>(std::move(verdict));
            return Response{};
        });
    });
    if (!started) {
        refuse(503, "The server is busy. Try again shortly.");
        co_return;
    }
    co_await offload_.wait();
    if (sink)
        co_await receive(std::move(sink));
}

Task<void> Connection::receive(std::unique_ptr<BodySink> sink) {
    Upload upload({transport_, body_, *service_.streams, limits(), head_.request.owner}, std::move(sink));
    service_.counters.streams_open.fetch_add(1, std::memory_order_relaxed);
    const bool invited = co_await invite_body();
    if (!invited)
        transport_.cut();
    const Upload::Outcome outcome = co_await upload.run();
    service_.counters.streams_open.fetch_sub(1, std::memory_order_relaxed);
    switch (outcome) {
    case Upload::Outcome::Answered:
        response_ = std::move(upload.answer());
        break;
    case Upload::Outcome::Threw:
        fail_neutrally("the sink threw: " + upload.cause());
        break;
    case Upload::Outcome::TooSlow:
        refuse_and_close(408, "The request's body came too slowly.");
        break;
    case Upload::Outcome::Malformed:
    case Upload::Outcome::PeerLeft:
        body_failed({});
        break;
    }
}

void Connection::fail_neutrally(std::string cause) {
    refuse(500, "An unexpected error occurred. Quote the request id when reporting it.");
    response_.log_cause = std::move(cause);
}

} // namespace landfall::http

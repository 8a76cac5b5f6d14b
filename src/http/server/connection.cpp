#include "http/server/connection.hpp"

#include "core/ids.hpp"
#include "http/message/wire_text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <span>
#include <vector>

namespace landfall::http {
namespace {

constexpr int kMaxBurst = 32;

/// The addresses that proxies added, the client's own word first. Some proxies extend a field that is there, others
/// add one.
std::vector<std::string_view> forwarded_for(const Headers& headers) {
    std::vector<std::string_view> addresses;
    for (const auto& [name, value] : headers.all()) {
        if (!same_text(name, "X-Forwarded-For"))
            continue;
        const std::string_view list = value;
        for (std::size_t begin = 0; begin <= list.size();) {
            const std::size_t comma = std::min(list.find(',', begin), list.size());
            addresses.push_back(trimmed(list.substr(begin, comma - begin)));
            begin = comma + 1;
        }
    }
    return addresses;
}

/// The nearest address before `proxy`, which is trusted, that is no trusted proxy's: what lies before it is the word of
/// strangers.
std::string client_behind(const std::string& proxy, const Headers& headers, std::span<const Network> proxies) {
    std::string client = proxy;
    const auto addresses = forwarded_for(headers);
    for (auto address = addresses.rbegin(); address != addresses.rend() && is_address(*address); ++address) {
        client = *address;
        if (!any_contains(proxies, *address))
            break;
    }
    return client;
}

} // namespace

Connection::Connection(Loop& loop, Service& service, TcpSocket socket, std::string address)
    : loop_(loop), service_(service), address_(std::move(address)), network_(network_of(address_)),
      proxied_(any_contains(service.options.trusted_proxies, address_)),
      transport_(std::move(socket), service.tls.get()), offload_(transport_.executor()), body_(transport_, input_) {
    loop_.enter(*this);
}

Connection::~Connection() {
    loop_.leave(*this);
}

Task<void> Connection::run() {
    transport_.expire_after(limits().header_timeout);
    bool more = co_await transport_.handshake();
    while (more)
        more = co_await serve_one();
    co_await end();
}

void Connection::give_up() {
    if (waiting_since_)
        transport_.interrupt();
}

void Connection::drain() {
    if (idle_)
        transport_.interrupt();
}

Task<bool> Connection::serve_one() {
    head_ = RequestHead{};
    response_ = Response{};
    answered_ = lost_ = owes_continue_ = false;
    waiting_since_ = SteadyClock::now();
    const bool arrived = co_await read_head();
    waiting_since_.reset();
    fresh_ = false;
    if (!arrived)
        co_return false;
    transport_.expire_never();
    service_.counters.requests.fetch_add(1, std::memory_order_relaxed);
    if (!answered_)
        co_await answer();
    if (lost_) {
        report(0);
        co_return false;
    }
    const bool more = co_await send_response();
    co_return more;
}

/// True once a head was parsed or refused; false if the connection ends without a request.
Task<bool> Connection::read_head() {
    scanner_.reset();
    idle_ = true;
    transport_.expire_after(fresh_ ? limits().header_timeout : limits().keep_alive_timeout);
    while (!find_head()) {
        if (idle_ && loop_.draining())
            co_return false;
        const std::span<char> space = input_.space(limits().header_bytes);
        if (space.empty()) {
            refuse_and_close(431, "The request's header is larger than this server accepts.");
            co_return true;
        }
        burst_ = 0;
        const std::size_t count = co_await transport_.read_some(space.data(), space.size());
        if (count == 0) {
            const bool too_slow = transport_.expired() && !idle_;
            if (too_slow)
                refuse_and_close(408, "The request's header took too long to arrive.");
            co_return too_slow;
        }
        input_.commit(count);
    }
    if (++burst_ > kMaxBurst) {
        burst_ = 0;
        co_await asio::post(transport_.executor(), kAwait);
    }
    co_return true;
}

/// True once what has arrived holds a whole head, which is taken, or can't become one, which is refused.
bool Connection::find_head() {
    while (input_.view().starts_with("\r\n"))
        input_.consume(2);
    if (input_.empty() || input_.view() == "\r")
        return false;
    if (idle_) {
        idle_ = false;
        started_ = SteadyClock::now();
        transport_.expire_after(limits().header_timeout);
    }
    const auto state = scanner_.scan(input_.view());
    if (state == HeadScanner::State::Complete)
        take_head();
    else if (state == HeadScanner::State::Malformed)
        refuse_and_close(400, "The request's header is not well-formed HTTP/1.1.");
    return state == HeadScanner::State::Complete || state == HeadScanner::State::Malformed;
}

void Connection::take_head() {
    const std::string_view text = input_.view().substr(0, scanner_.size());
    const auto refusal = parse_head(text, head_);
    input_.consume(text.size());
    identify();
    body_.begin(refusal ? Framing{} : head_.framing);
    owes_continue_ = !refusal && head_.framing.expects_continue;
    if (refusal)
        refuse_and_close(refusal->status, refusal->detail);
}

void Connection::identify() {
    Request& request = head_.request;
    request.request_id = RequestId::make().str();
    if (const auto given = request.headers.get("X-Request-ID"); given && is_request_id(*given))
        request.client_request_id = *given;
    warn_of_untrusted_proxy(request);
    request.proxied = proxied_;
    request.remote_address =
        proxied_ ? client_behind(address_, request.headers, service_.options.trusted_proxies) : address_;
    request.secure = transport_.secure();
    if (service_.owner_of) {
        auto [name, identity] = service_.owner_of(request);
        request.owner = std::move(name);
        request.identity = std::move(identity);
    }
    if (request.owner.empty())
        request.owner = request.remote_address == address_ ? network_ : network_of(request.remote_address);
    offload_.work_for(request.owner);
}

/// Without the proxy's word all of its clients are one, and share what is one client's.
void Connection::warn_of_untrusted_proxy(const Request& request) {
    if (proxied_ || service_.warned_of_proxy.load(std::memory_order_relaxed) ||
        !request.headers.get("X-Forwarded-For") || !is_private_address(address_) ||
        service_.warned_of_proxy.exchange(true))
        return;
    spdlog::warn("requests come over {} with X-Forwarded-For, which counts only if trusted_proxies names that address: "
                 "until then all of these clients share the limits of one",
                 address_);
}

Task<void> Connection::answer() {
    Request& request = head_.request;
    RouteMatch match = service_.router.match(request.method, request.raw_path);
    if (request.method == "OPTIONS" && match.kind != RouteMatch::Kind::Found) {
        response_ = service_.cors.preflight(request.headers, match.allow);
        co_return;
    }
    if (match.kind == RouteMatch::Kind::UnknownPath) {
        refuse(404, "There is nothing at this address.");
    } else if (match.kind == RouteMatch::Kind::BrokenPath) {
        refuse(400, "The path holds a broken percent-escape or a NUL byte.");
    } else if (match.kind == RouteMatch::Kind::WrongMethod) {
        refuse(405, "This address knows only " + match.allow + ".");
        response_.headers.set("Allow", match.allow);
    } else {
        request.params = std::move(match.params);
        if (const auto* buffered = std::get_if<BufferedRoute>(match.target))
            co_await answer_buffered(*buffered);
        else
            co_await answer_streamed(std::get<StreamRoute>(*match.target));
    }
}

void Connection::refuse(int status, const std::string& detail) {
    if (head_.request.request_id.empty())
        identify();
    response_ = service_.refusals.of(head_.request.path)(head_.request, status, detail);
    if (status == 503 && !response_.headers.get("Retry-After"))
        response_.headers.add("Retry-After", "1");
    if (response_.operation.empty())
        response_.operation = "http.refusal";
    answered_ = true;
}

void Connection::refuse_and_close(int status, const std::string& detail) {
    closing_ = true;
    refuse(status, detail);
}

} // namespace landfall::http

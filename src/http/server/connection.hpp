#pragma once
/// Private to src/http: one connection: its requests one after the other, from head to sent answer.

#include "http/message/request_head.hpp"
#include "http/server/body_reader.hpp"
#include "http/server/loop.hpp"
#include "http/server/offload.hpp"
#include "http/server/pull.hpp"
#include "http/server/service.hpp"
#include "http/server/transport.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::http {

inline constexpr const char* kManyUnsent =
    "Many large answers wait to be taken. Take those that you asked for, then try again.";

/// Lives on its loop's thread. The steps below hand the exchange on in `head_` and `response_`.
class Connection {
public:
    Connection(Loop& loop, Service& service, TcpSocket socket, std::string address);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Task<void> run();
    /// Enforces the deadline.
    void sweep(SteadyClock::time_point now) { transport_.sweep(now); }
    /// Ends the connection if no request is under way.
    void drain();
    void cut() { transport_.cut(); }
    /// The network that it comes from: see network_of.
    const std::string& network() const { return network_; }
    /// Since when it has no request under way, but perhaps the beginning of one.
    std::optional<SteadyClock::time_point> waiting_since() const { return waiting_since_; }
    /// Makes room for others if it has no request under way.
    void give_up();

private:
    // connection.cpp: the loop, the head, the routing
    Task<bool> serve_one();
    Task<bool> read_head();
    bool find_head();
    void take_head();
    void identify();
    void warn_of_untrusted_proxy(const Request& request);
    Task<void> answer();
    void refuse(int status, const std::string& detail);
    void refuse_and_close(int status, const std::string& detail);

    // connection_body.cpp: handlers and sinks
    bool answer_quickly(const QuickHandler& quick);
    Task<void> answer_buffered(const BufferedRoute& route);
    Task<void> answer_streamed(const StreamRoute& route);
    Task<void> receive(std::unique_ptr<BodySink> sink);
    Task<bool> passes(const QuickHandler& vet);
    Task<bool> read_whole_body(BodyBudget::Share& share);
    Task<bool> invite_body();
    void call_handler(const Handler& handler);
    Task<void> call_on_pool(WorkPool& pool, const Handler& handler);
    void body_failed(std::string_view reason);
    void fail_neutrally(std::string cause);

    // connection_send.cpp: answers
    Task<bool> send_response();
    Task<void> begin_pull();
    void refuse_instead(const std::string& detail);
    Task<std::int64_t> send_head_and_body(std::int64_t wanted);
    Task<bool> skip_rest_of_body();
    bool can_keep_alive() const;
    void report(std::int64_t body_sent);
    Task<void> end();

    const Limits& limits() const { return service_.options.limits; }

    Loop& loop_;
    Service& service_;
    const std::string address_;
    const std::string network_;
    const bool proxied_; ///< the peer is a trusted proxy
    Transport transport_;
    Offload offload_;
    InputBuffer input_;
    BodyReader body_;
    HeadScanner scanner_;

    RequestHead head_;
    Response response_;
    std::string out_;          ///< the head being sent
    std::optional<Pull> pull_; ///< of a body that is pulled, while it is sent
    SteadyClock::time_point started_{};
    std::optional<SteadyClock::time_point> waiting_since_;
    bool fresh_ = true;          ///< no request yet
    bool idle_ = true;           ///< not a byte of a request yet
    bool answered_ = false;      ///< response_ stands
    bool lost_ = false;          ///< the peer is gone; nothing to send
    bool closing_ = false;       ///< the input can't be trusted any more
    bool owes_continue_ = false; ///< the peer waits for 100 before it sends the body
    int burst_ = 0;              ///< requests served without waiting for the socket
};

} // namespace landfall::http

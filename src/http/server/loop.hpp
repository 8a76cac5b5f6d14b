#pragma once
/// Private to src/http: one io thread's context: its listener, its connections, their deadlines, and the drain.

#include "http/server/asio.hpp"
#include "http/server/service.hpp"

#include <ctime>
#include <string>
#include <string_view>
#include <unordered_set>

namespace landfall::http {

class Connection;

class Loop {
public:
    /// Takes over a listening, non-blocking descriptor.
    Loop(Service& service, int listener);

    /// Serves until drained. The body of the io thread.
    void run();
    /// Stops accepting and ends what is idle; what still lives at `deadline` is cut. From any thread.
    void drain(SteadyClock::time_point deadline);

    bool draining() const { return draining_; }
    /// The current second for the Date header.
    std::string_view date();
    void enter(Connection& connection) { connections_.insert(&connection); }
    void leave(Connection& connection);

private:
    Task<void> accept();
    Task<void> watch();
    /// Takes what waits in the listener's queue; false if descriptors or memory ran out.
    bool take_connections();
    void admit(int descriptor, std::string address);
    void turn_away(int descriptor);
    bool make_room(const std::string& network);
    std::size_t held_by(const std::string& network) const;

    Service& service_;
    asio::io_context context_{1};
    TcpAcceptor acceptor_;
    LoopTimer tick_;
    LoopTimer pause_;
    std::unordered_set<Connection*> connections_;
    std::size_t room_ = 0; ///< connections that were asked to go, and whose places nobody took yet
    bool draining_ = false;
    SteadyClock::time_point cut_at_ = SteadyClock::time_point::max();
    std::time_t second_ = 0;
    std::string date_;
};

} // namespace landfall::http

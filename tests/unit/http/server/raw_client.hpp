#pragma once
/// A client that sends exactly the bytes it is told, and reads answers one by one.

#include "http/server/server.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace landfall::http::testing {

struct Answer {
    int status = 0;                             ///< 0: the connection ended instead
    std::string head;                           ///< status line and headers
    std::map<std::string, std::string> headers; ///< names in lower case; the last of repeated ones
    std::string body;
};

class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// False if the peer does not take it.
    bool send(std::string_view bytes);
    /// The next answer; `bodiless` for answers to HEAD. Waits at most 20 s.
    Answer read(bool bodiless = false);
    Answer ask(std::string_view bytes) {
        send(bytes);
        return read();
    }
    /// Whether the server ends the connection (also by a reset) without another byte.
    bool at_end();
    /// Sends no more, still reads.
    void half_close();
    void close();
    /// Closes with a reset.
    void reset();

private:
    bool receive();

    int descriptor_ = -1;
    std::string input_;
};

/// `GET path` with a Host header and whatever `more` holds (lines with CRLF).
std::string get(std::string_view path, std::string_view more = {});

} // namespace landfall::http::testing

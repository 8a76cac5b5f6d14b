#pragma once
/// The head of a request: finding its end, parsing it, and the framing of the body that follows (RFC 9112). Everything
/// that two parsers could read differently is refused.

#include "http/message/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace landfall::http {

/// What the server answers to a request that it will not serve.
struct Refusal {
    int status = 400;
    std::string detail;
};

/// Looks for the empty line that ends a head. Feed it the whole input so far; it remembers what it has seen.
class HeadScanner {
public:
    enum class State { NeedMore, Complete, Malformed };

    /// Malformed on a line that ends without CR, a folded line, or a first byte that starts no method.
    State scan(std::string_view input);
    /// Bytes of the head with its empty line; after Complete.
    std::size_t size() const { return end_; }
    void reset() { seen_ = end_ = 0; }

private:
    std::size_t seen_ = 0;
    std::size_t end_ = 0;
};

/// How the body and the connection go on.
struct Framing {
    bool http_1_0 = false;
    bool keep_alive = true;
    bool chunked = false;
    bool expects_continue = false;
    std::int64_t content_length = 0; ///< 0 for chunked bodies
};

struct RequestHead {
    Request request; ///< without remote_address, request_id and params
    Framing framing;
};

/// Parses a complete head into `out`, which is fresh. On a refusal `out` holds what had been read until then.
std::optional<Refusal> parse_head(std::string_view head, RequestHead& out);

} // namespace landfall::http

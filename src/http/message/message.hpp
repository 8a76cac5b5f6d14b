#pragma once
/// The plain face of the HTTP server: no handler sees Boost.

#include "core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace landfall::http {

/// Header fields in order; look-ups ignore case.
class Headers {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// Replaces every field of that name by one.
    void set(std::string_view name, std::string value);
    /// Takes every field of that name away.
    void remove(std::string_view name);
    /// The first field of that name.
    std::optional<std::string_view> get(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request whose header has been read. For buffered routes `body` is complete.
struct Request {
    std::string method;    ///< as sent (methods are case-sensitive)
    std::string target;    ///< as on the request line
    std::string raw_path;  ///< percent-encoded path of the target
    std::string raw_query; ///< without `?`
    std::string path;      ///< decoded path
    Headers headers;
    std::string body;
    std::optional<std::int64_t> content_length; ///< absent for chunked bodies
    std::map<std::string, std::string> params;  ///< decoded `{name}` segments of the route
    std::string remote_address;                 ///< of the client, as far as the proxies before it are trusted
    bool secure = false;                        ///< it came over TLS of our own
    bool proxied = false;                       ///< it came over a trusted proxy, whose word counts
    std::string owner;                          ///< in whose name it takes its share of the server
    std::string identity;                       ///< by which the owner was told, for who asks further; may be empty
    std::string request_id;                     ///< ours, also sent as X-Request-ID
    std::string client_request_id;              ///< the client's X-Request-ID, if it is fit to be written down

    /// Decoded value of a query parameter (`+` is a space); the first if repeated.
    std::optional<std::string> query(std::string_view name) const;
    /// The decoded names of the query parameters, in order.
    std::vector<std::string> query_names() const;
};

/// Who makes a request.
struct Owner {
    std::string name;       ///< empty: whoever has its address
    std::string identity{}; ///< see Request
};

/// Part of a file, sent without being copied where the transport allows it.
struct FileBody {
    std::shared_ptr<const void> owner; ///< keeps the descriptor open
    int descriptor = -1;
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

/// Bytes that are pulled while they are sent. Used by one thread at a time.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// The next bytes, at most `into.size()`. Nothing, or a failure, before the promised length breaks the connection,
    /// so that no peer takes the part for the whole. May block, but must give up in the end.
    virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// Part of something that is no file. Opened and read on threads that may block, a little ahead of the peer; a source
/// that does not open, or gives no first byte, is a 503.
struct PulledBody {
    std::function<Result<std::unique_ptr<BodySource>>(std::int64_t offset, std::int64_t length)> open;
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

using Body = std::variant<std::string, FileBody, PulledBody>;

/// An answer. `Content-Length`, `Date`, `X-Request-ID` and CORS headers are the server's business.
struct Response {
    int status = 200;
    Headers headers;
    Body body;
    std::string operation; ///< for the access log and metrics: operation id or route name
    std::string principal; ///< for the access log
    std::string log_cause; ///< for the log only
    /// Called once on the io thread when sending ended, with the bytes of the body that left. Must neither block nor
    /// throw.
    std::function<void(std::int64_t)> on_sent;

    static Response text(int status, std::string content_type, std::string body);
};

/// Shapes a refusal: an answer of that status, in a face's own form. `detail` is a sentence; empty: the face's own.
using Refuse = std::function<Response(const Request& request, int status, const std::string& detail)>;

/// Consumes a streamed request body. Every call comes from a blocking thread, one at a time, in order. If the client
/// vanishes the sink is destroyed without `finish`.
class BodySink {
public:
    virtual ~BodySink() = default;
    /// Takes the next bytes (at most 1 MiB). A failure ends the request: the response is sent at once.
    virtual std::optional<Response> write(std::span<const std::byte> bytes) = 0;
    /// The body is complete.
    virtual Response finish() = 0;
};

/// Decides about a streamed request before `100 Continue` is sent: a sink for the body, or the refusal.
using StreamBegin = std::function<std::variant<std::unique_ptr<BodySink>, Response>(const Request&)>;
/// Answers a request whose body is complete.
using Handler = std::function<Response(const Request&)>;
/// Answers a request on the io thread from what lies in memory, within microseconds; nothing if that is not enough.
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

/// Where a handler runs.
enum class Lane {
    Inline,      ///< on the io thread: must not block and must take microseconds
    Interactive, ///< on the pool; refused with 503 when its queue is full
    Commit,      ///< the same on a pool of its own, for what mostly waits until a commit is durable
    Search,      ///< the same on a pool of its own, for what may keep a connection of the database
    Draw,        ///< the same on a pool of its own, for what waits for a worker process
    Slow,        ///< the same on a pool of its own, for what may take seconds and more
};
/// Where the handler of this request runs. Called on the io thread.
using LaneOf = std::function<Lane(const Request&)>;

} // namespace landfall::http

#pragma once
/// An HTTP/1.1 client with constant memory in both directions. Knows nothing of operations.

#include "core/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace landfall::outbound {

/// A request body of known length that is read while it is sent.
class BodySource {
public:
    virtual ~BodySource() = default;
    virtual std::int64_t size() const = 0; ///< bytes
    /// Back to the start: called before each sending.
    virtual Status rewind() = 0;
    /// Fills the front of `buffer` with the next bytes; 0 at the end.
    virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;                                         ///< at most 64 MiB; empty where a sink took it
    int retry_after_seconds = 0;

    /// The last header of that lower-case name.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// Takes the body of a successful (2xx) answer.
class ResponseSink {
public:
    virtual ~ResponseSink() = default;
    /// The head has arrived. A failure ends the exchange and is its result.
    virtual Status begin(const HttpResponse& head) = 0;
    virtual Status write(std::string_view bytes) = 0;
};

/// For addresses that users name: keeps the server from asking what only it can reach. The address to which a name
/// leads is looked at when the connection is made, so that no second look-up can lead elsewhere.
struct Guard {
    std::vector<std::string> hosts; ///< that may be asked wherever they are, ports aside
};

struct HttpRequest {
    std::string method = "GET";
    std::string url; ///< http or https
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;                               ///< sent if there is no source, by POST even if it is empty
    BodySource* source = nullptr;                   ///< sent if set; borrowed
    ResponseSink* sink = nullptr;                   ///< borrowed
    std::chrono::seconds stall{60};                 ///< without a byte either way for so long the exchange fails
    std::optional<std::chrono::seconds> deadline{}; ///< of the whole exchange: DeadlineExceeded
    const Guard* guard = nullptr;                   ///< Unavailable for addresses that it keeps back; borrowed
};

/// Keeps connections open between requests. Not thread-safe: one per thread. Redirects are not followed, so that
/// credentials stay with the server they are meant for.
class HttpClient {
public:
    /// `authorities`: a PEM file of the certificate authorities to trust; empty: the system's.
    explicit HttpClient(std::stop_token stop = {}, std::string authorities = {});
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Any answer, whatever its status. Unavailable without one, DeadlineExceeded once that is over, Canceled after a
    /// stop, the source's or sink's own error, Internal for an address or certificate that is none. No message contains
    /// the address's query.
    Result<HttpResponse> send(const HttpRequest& request);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// `scheme://host:port` of an address, for messages.
std::string origin_of(std::string_view url);
/// The host of an address in lower case, without its port; an address of IPv6 in its brackets.
std::string host_of(std::string_view url);

} // namespace landfall::outbound

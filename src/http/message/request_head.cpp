#include "http/message/request_head.hpp"

#include "core/text.hpp"
#include "http/message/wire_text.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>
#include <utility>

namespace landfall::http {
namespace {

namespace beast = boost::beast;

/// Collects what Beast's parser finds; the parser itself checks the grammar of line, names and values.
class HeadParser final : public beast::http::basic_parser<true> {
public:
    explicit HeadParser(RequestHead& out) : out_(out) {}

    int version() const { return version_; }

private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                         beast::error_code& ec) override {
        ec = {};
        out_.request.method.assign(method.data(), method.size());
        out_.request.target.assign(target.data(), target.size());
        version_ = version;
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       beast::error_code& ec) override {
        ec = {};
        out_.request.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
    void on_header_impl(beast::error_code& ec) override { ec = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code& ec) override { ec = {}; }
    std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override { return 0; }
    void on_finish_impl(beast::error_code& ec) override { ec = {}; }

    RequestHead& out_;
    int version_ = 11;
};

/// The fields that decide framing, counted.
struct Decisive {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    std::string_view length, encoding, expect;
    bool close = false;
    bool keep_alive = false;
};

Decisive decisive_fields(const Headers& headers) {
    Decisive found;
    for (const auto& [name, value] : headers.all()) {
        if (same_text(name, "Host")) {
            ++found.hosts;
        } else if (same_text(name, "Content-Length")) {
            ++found.lengths;
            found.length = value;
        } else if (same_text(name, "Transfer-Encoding")) {
            ++found.encodings;
            found.encoding = value;
        } else if (same_text(name, "Expect")) {
            found.expect = value;
        } else if (same_text(name, "Connection")) {
            found.close = found.close || list_contains(value, "close");
            found.keep_alive = found.keep_alive || list_contains(value, "keep-alive");
        }
    }
    return found;
}

/// At most 18 digits, so that every sum of two lengths still fits.
std::optional<std::int64_t> parse_length(std::string_view text) {
    std::int64_t value = 0;
    if (text.empty() || text.size() > 18)
        return std::nullopt;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// How the body that follows ends, if there is one.
std::optional<Refusal> delimit(const Decisive& fields, Framing& framing) {
    if (fields.lengths > 0 && fields.encodings > 0)
        return Refusal{400, "Send either Content-Length or Transfer-Encoding, not both."};
    if (fields.lengths > 1)
        return Refusal{400, "Send at most one Content-Length header."};
    if (fields.encodings > 0) {
        if (framing.http_1_0)
            return Refusal{400, "HTTP/1.0 knows no Transfer-Encoding; send a Content-Length."};
        if (fields.encodings > 1)
            return Refusal{400, "Send at most one Transfer-Encoding header."};
        if (!same_text(fields.encoding, "chunked"))
            return Refusal{501, "The only Transfer-Encoding that this server reads is `chunked`."};
        framing.chunked = true;
    }
    if (fields.lengths == 1) {
        const auto length = parse_length(fields.length);
        if (!length)
            return Refusal{400, "Content-Length must be a number of bytes in decimal digits."};
        framing.content_length = *length;
    }
    return std::nullopt;
}

std::optional<Refusal> frame(const Decisive& fields, RequestHead& head) {
    Framing& framing = head.framing;
    if (fields.hosts > 1 || (fields.hosts == 0 && !framing.http_1_0))
        return Refusal{400, "Send exactly one Host header."};
    if (auto refusal = delimit(fields, framing))
        return refusal;
    if (!framing.chunked)
        head.request.content_length = framing.content_length;
    framing.keep_alive = framing.http_1_0 ? fields.keep_alive && !fields.close : !fields.close;
    if (fields.expect.empty() || framing.http_1_0)
        return std::nullopt;
    if (!same_text(fields.expect, "100-continue"))
        return Refusal{417, "The only expectation that this server meets is `100-continue`."};
    framing.expects_continue = framing.chunked || framing.content_length > 0;
    return std::nullopt;
}

/// Splits the request target into path and query: origin form, absolute form, or `*` for OPTIONS.
std::optional<Refusal> split_target(Request& request) {
    std::string_view target = request.target;
    if (target == "*" && request.method == "OPTIONS") {
        request.raw_path = request.path = request.target;
        return std::nullopt;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (same_text(target.substr(0, scheme.size()), scheme)) {
            const std::size_t slash = target.find_first_of("/?", scheme.size());
            target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
            break;
        }
    }
    const std::size_t question = target.find('?');
    request.raw_path = std::string(target.substr(0, question));
    if (question != std::string_view::npos)
        request.raw_query = std::string(target.substr(question + 1));
    if (request.raw_path.empty())
        request.raw_path.assign(1, '/');
    if (request.raw_path.front() != '/' || target.find('#') != std::string_view::npos)
        return Refusal{400, "The request target must be a path that starts with `/`."};
    auto path = percent_decode(request.raw_path);
    if (!path || path->find('\0') != std::string::npos)
        return Refusal{400, "The path holds a broken percent-escape or a NUL byte."};
    request.path = *std::move(path);
    return std::nullopt;
}

} // namespace

HeadScanner::State HeadScanner::scan(std::string_view input) {
    while (true) {
        const std::size_t feed = input.find('\n', seen_);
        if (feed == std::string_view::npos) {
            seen_ = input.size();
            break;
        }
        if (feed == 0 || input[feed - 1] != '\r')
            return State::Malformed;
        if (feed >= 3 && input[feed - 2] == '\n') {
            end_ = feed + 1;
            return State::Complete;
        }
        if (feed + 1 == input.size()) {
            seen_ = feed; // the next byte decides whether the line is folded
            break;
        }
        if (input[feed + 1] == ' ' || input[feed + 1] == '\t')
            return State::Malformed;
        seen_ = feed + 1;
    }
    return input.empty() || is_token(input.substr(0, 1)) ? State::NeedMore : State::Malformed;
}

std::optional<Refusal> parse_head(std::string_view head, RequestHead& out) {
    HeadParser parser(out);
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(std::numeric_limits<std::uint64_t>::max()); // Beast 1.74 reads "none" as zero
    beast::error_code ec;
    const std::size_t taken = parser.put(boost::asio::const_buffer(head.data(), head.size()), ec);
    if (ec == beast::http::error::bad_version)
        return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    if (ec || taken != head.size() || !parser.is_header_done())
        return frame(decisive_fields(out.request.headers), out)
            .value_or(Refusal{400, "The request's header is not well-formed HTTP/1.1."});
    if (parser.version() != 11 && parser.version() != 10)
        return Refusal{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    out.framing.http_1_0 = parser.version() == 10;
    if (auto refusal = frame(decisive_fields(out.request.headers), out))
        return refusal;
    return split_target(out.request);
}

} // namespace landfall::http

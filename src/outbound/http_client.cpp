#include "outbound/http_client.hpp"

#include "core/network.hpp"
#include "core/text.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace landfall::outbound {
namespace {

constexpr std::size_t kMaxBody = 64U << 20U;
constexpr std::size_t kMaxHeaders = 200;
constexpr long kConnectSeconds = 10;
constexpr long kBuffer = 512L * 1024;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

struct FreeHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// One request under way: what libcurl's callbacks work on.
struct Exchange {
    const HttpRequest& request;
    CURL* handle;
    const std::stop_token& stop;
    HttpResponse response;
    std::int64_t unsent = 0;
    bool begun = false;
    std::optional<Error> fault; ///< of the source or the sink
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    const std::string_view line(data, size * count);
    auto& headers = exchange.response.headers;
    if (line.starts_with("HTTP/"))
        headers.clear(); // an answer follows another one: 100 Continue, or a proxy's
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && headers.size() < kMaxHeaders) {
        headers.emplace_back(lower_case(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
    }
    return size * count;
}

Status take_body(Exchange& exchange, std::string_view bytes) {
    long status = 0;
    curl_easy_getinfo(exchange.handle, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    if (exchange.request.sink == nullptr || status < 200 || status > 299) {
        if (exchange.response.body.size() + bytes.size() > kMaxBody)
            return fail(Code::Internal, "The server's answer is larger than 64 MiB");
        exchange.response.body += bytes;
        return {};
    }
    if (!exchange.begun) {
        exchange.begun = true;
        CHECK_OK(exchange.request.sink->begin(exchange.response));
    }
    return exchange.request.sink->write(bytes);
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (const Status taken = take_body(exchange, {data, size * count}); !taken) {
        exchange.fault = taken.error();
        return size * count == 0 ? 1 : 0;
    }
    return size * count;
}

std::size_t on_read(char* data, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    const auto wanted =
        static_cast<std::size_t>(std::min<std::int64_t>(static_cast<std::int64_t>(size * count), exchange.unsent));
    if (wanted == 0)
        return 0;
    const auto got = exchange.request.source->read({data, wanted});
    if (!got || *got == 0) {
        exchange.fault = got ? Error(Code::Internal, "The file became shorter while it was sent") : got.error();
        return CURL_READFUNC_ABORT;
    }
    exchange.unsent -= static_cast<std::int64_t>(*got);
    return *got;
}

/// libcurl rewinds when it must send again on a fresh connection.
int on_seek(void* user, curl_off_t offset, int origin) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (offset != 0 || origin != SEEK_SET || !exchange.request.source->rewind())
        return CURL_SEEKFUNC_CANTSEEK;
    exchange.unsent = exchange.request.source->size();
    return CURL_SEEKFUNC_OK;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

Result<HeaderList> header_list(const HttpRequest& request) {
    HeaderList list;
    for (const auto& [name, value] : request.headers) {
        const std::string line = fmt::format("{}: {}", name, value);
        if (has_control(line))
            return fail(Code::Internal, fmt::format("The value of {} must not contain control characters", name));
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr)
            return fail_internal("curl_slist_append");
        (void)list.release(); // the longer list owns it
        list.reset(longer);
    }
    return list;
}

/// Whether a TLS handshake met a server that speaks something else, as far as OpenSSL's words tell.
bool met_plain_http(std::string_view words) {
    return words.find("wrong version number") != std::string_view::npos ||
           words.find("packet length too long") != std::string_view::npos ||
           words.find("http request") != std::string_view::npos;
}

Error network_error(CURLcode code, const std::string& url, std::string_view words) {
    const std::string origin = origin_of(url);
    const auto unavailable = [&](std::string message) {
        return Error(Code::Unavailable, std::move(message)).because(curl_easy_strerror(code));
    };
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return {Code::Internal, fmt::format("'{}' is no http or https address", origin)};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return unavailable(fmt::format("The host of {} is unknown; check the address and the network", origin));
    case CURLE_COULDNT_CONNECT:
        return unavailable(fmt::format("Nothing answers at {}; check the address and that the server runs", origin));
    case CURLE_OPERATION_TIMEDOUT:
        return unavailable(fmt::format("{} stopped answering; try again", origin));
    case CURLE_PEER_FAILED_VERIFICATION:
        return {Code::Internal, fmt::format("The certificate of {} can't be verified, so nothing was sent. If an "
                                            "authority of your own signed it, name its PEM file with --cacert or "
                                            "SSL_CERT_FILE",
                                            origin)};
    case CURLE_SSL_CACERT_BADFILE:
        return {Code::Internal, "The file of certificate authorities can't be used; see --cacert and SSL_CERT_FILE"};
    case CURLE_SSL_CONNECT_ERROR:
        if (met_plain_http(words))
            return {Code::Internal, fmt::format("The server at {} speaks plain HTTP, not TLS; its address begins with "
                                                "http://",
                                                origin)};
        return unavailable(fmt::format("No TLS session could be begun with {}; try again", origin));
    case CURLE_GOT_NOTHING:
        return unavailable(fmt::format("{} closed the connection without an answer; if it speaks TLS, its address "
                                       "begins with https://",
                                       origin));
    default:
        return unavailable(fmt::format("The connection to {} broke; try again", origin));
    }
}

/// Opens no socket to an address of a private network.
curl_socket_t open_public_socket(void* /*user*/, curlsocktype /*purpose*/, curl_sockaddr* address) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(&address->addr, static_cast<socklen_t>(address->addrlen), text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0 ||
        is_private_address(text.data()))
        return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_guard(CURL* handle, const HttpRequest& request) {
    if (request.deadline)
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(request.deadline->count()));
    if (request.guard == nullptr)
        return;
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "landfall");
    curl_easy_setopt(handle, CURLOPT_PROXY, ""); // one would look up the name itself
    const auto& hosts = request.guard->hosts;
    if (std::find(hosts.begin(), hosts.end(), host_of(request.url)) == hosts.end())
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
}

void set_body(CURL* handle, const HttpRequest& request, Exchange& exchange) {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.source != nullptr) {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.source->size()));
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
        curl_easy_setopt(handle, CURLOPT_READDATA, &exchange);
        curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, on_seek);
        curl_easy_setopt(handle, CURLOPT_SEEKDATA, &exchange);
        curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, kBuffer);
    } else if (request.method == "POST" || !request.body.empty()) {
        curl_easy_setopt(handle, CURLOPT_POST, 1L);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method == "HEAD") {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L); // or it waits for the bytes that the head tells of
    } else {
        curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    }
}

void set_options(CURL* handle, const HttpRequest& request, Exchange& exchange) {
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "landfall-cli");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall.count()));
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, kBuffer);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
}

/// A body without bytes never reaches the sink through libcurl.
Status begin_if_empty(Exchange& exchange) {
    const int status = exchange.response.status;
    if (exchange.request.sink == nullptr || exchange.begun || status < 200 || status > 299)
        return {};
    return exchange.request.sink->begin(exchange.response);
}

} // namespace

struct HttpClient::Impl {
    std::stop_token stop;
    std::string authorities;
    std::unique_ptr<CURL, FreeHandle> handle;
    std::array<char, CURL_ERROR_SIZE> words{}; ///< of libcurl on the last failure
};

HttpClient::HttpClient(std::stop_token stop, std::string authorities)
    : impl_(std::make_unique<Impl>(
          Impl{std::move(stop), std::move(authorities), std::unique_ptr<CURL, FreeHandle>(curl_easy_init())})) {}
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
    CURL* handle = impl_->handle.get();
    if (handle == nullptr)
        return fail_internal("curl_easy_init");
    if (impl_->stop.stop_requested())
        return fail(Code::Canceled, "Interrupted");
    curl_easy_reset(handle); // keeps the connections
    Exchange exchange{request, handle, impl_->stop, {}, 0, false, std::nullopt};
    if (request.source != nullptr) {
        CHECK_OK(request.source->rewind());
        exchange.unsent = request.source->size();
    }
    TRY(const HeaderList headers, header_list(request));
    set_options(handle, request, exchange);
    set_body(handle, request, exchange);
    set_guard(handle, request);
    if (request.sink == nullptr)
        curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip"); // answers, not files, whose bytes are counted
    if (!impl_->authorities.empty())
        curl_easy_setopt(handle, CURLOPT_CAINFO, impl_->authorities.c_str());
    impl_->words.front() = '\0';
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, impl_->words.data());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr);
    if (exchange.fault)
        return fail(std::move(*exchange.fault));
    if (impl_->stop.stop_requested())
        return fail(Code::Canceled, "Interrupted");
    if (code == CURLE_OPERATION_TIMEDOUT && request.deadline)
        return fail(Code::DeadlineExceeded, fmt::format("{} took too long to answer", origin_of(request.url)));
    if (code != CURLE_OK)
        return fail(network_error(code, request.url, impl_->words.data()));
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after);
    exchange.response.status = static_cast<int>(status);
    exchange.response.retry_after_seconds = static_cast<int>(std::clamp<curl_off_t>(retry_after, 0, 1'000'000));
    CHECK_OK(begin_if_empty(exchange));
    return std::move(exchange.response);
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
    const auto found = std::find_if(headers.rbegin(), headers.rend(), [&](const auto& h) { return h.first == name; });
    return found == headers.rend() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::string host_of(std::string_view url) {
    const std::string origin = origin_of(url);
    const auto scheme = origin.find("://");
    const std::string host = lower_case(scheme == std::string::npos ? origin : origin.substr(scheme + 3));
    const auto colon = host.rfind(':');
    return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const auto end = url.find_first_of("/?#", host);
    std::string_view authority = url.substr(host, end == std::string_view::npos ? end : end - host);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos)
        authority.remove_prefix(at + 1); // a password may stand there
    return std::string(url.substr(0, host)) + std::string(authority);
}

} // namespace landfall::outbound

#include "http/message/response_head.hpp"

#include "core/text.hpp"
#include "http/message/wire_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace landfall::http {
namespace {

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

bool is_servers_own(std::string_view name) {
    constexpr std::array<std::string_view, 6> kOwn{"Date",         "Connection", "Transfer-Encoding",
                                                   "X-Request-ID", "Keep-Alive", "Content-Length"};
    return std::any_of(kOwn.begin(), kOwn.end(), [&](std::string_view own) { return same_text(name, own); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    if (!is_token(name))
        return;
    out.append(name).append(": ");
    const std::size_t start = out.size();
    out.append(value);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), [](char c) { return is_control(c) && c != '\t'; },
        ' ');
    out.append("\r\n");
}

} // namespace

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::int64_t body_length(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body))
        return static_cast<std::int64_t>(text->size());
    if (const auto* file = std::get_if<FileBody>(&response.body))
        return file->length;
    return std::get<PulledBody>(response.body).length;
}

void append_response_head(std::string& out, const Response& response, const ResponseFrame& frame,
                          const CorsPolicy& cors, const Headers& request) {
    out.append("HTTP/1.1 ");
    append_number(out, response.status);
    out.append(" ").append(reason_phrase(response.status)).append("\r\nDate: ").append(frame.date);
    out.append("\r\nX-Request-ID: ").append(frame.request_id).append("\r\nX-Content-Type-Options: nosniff\r\n");
    if (!response.headers.get("Content-Security-Policy"))
        out.append(
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'; "
            "sandbox\r\n");
    if (!response.headers.get("Access-Control-Allow-Origin")) // a face may have a policy of its own
        cors.append_to(out, request);
    for (const auto& [name, value] : response.headers.all())
        if (!is_servers_own(name))
            append_field(out, name, value);
    if (may_have_body(response.status)) {
        const std::string_view own = frame.head_only ? response.headers.get("Content-Length").value_or("") : "";
        out.append("Content-Length: ");
        if (!own.empty() && own.find_first_not_of("0123456789") == std::string_view::npos)
            out.append(own);
        else
            append_number(out, body_length(response));
        out.append("\r\n");
    }
    if (!frame.keep_alive)
        out.append("Connection: close\r\n");
    else if (frame.http_1_0)
        out.append("Connection: keep-alive\r\n");
    out.append("\r\n");
}

} // namespace landfall::http

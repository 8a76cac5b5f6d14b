#pragma once
/// Asks a face without a socket: its routes are values.

#include "http/message/message.hpp"
#include "http/server/router.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace landfall::faces::testing {

/// A request as the server hands it on. `url` may be absolute.
inline http::Request request_for(std::string method, std::string_view url,
                                 const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    http::Request request;
    request.method = std::move(method);
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
        url.remove_prefix(scheme + 3);
        request.headers.add("Host", std::string(url.substr(0, url.find('/'))));
        url.remove_prefix(url.find('/'));
    }
    request.target = url;
    request.raw_path = url.substr(0, url.find('?'));
    if (const auto question = url.find('?'); question != std::string_view::npos)
        request.raw_query = url.substr(question + 1);
    request.path = request.raw_path;
    request.request_id = "rq_test";
    for (const auto& [name, value] : headers)
        request.headers.add(name, value);
    return request;
}

/// The answer of a face to a whole body; its own refusal where it has no route.
inline http::Response ask(const http::Face& face, http::Request request, std::string_view body = {}) {
    http::Router router;
    for (const auto& route : face.routes())
        EXPECT_TRUE(router.add(route.method, route.pattern, route.target));
    auto match = router.match(request.method, request.raw_path);
    if (match.target == nullptr)
        return face.refuse()(request, 404, "There is nothing at this address.");
    request.params = std::move(match.params);
    if (const auto* buffered = std::get_if<http::BufferedRoute>(match.target)) {
        request.body = body;
        return buffered->handler(request);
    }
    request.content_length = static_cast<std::int64_t>(body.size());
    auto begun = std::get<http::StreamRoute>(*match.target).begin(request);
    if (auto* refused = std::get_if<http::Response>(&begun))
        return std::move(*refused);
    auto& sink = *std::get<std::unique_ptr<http::BodySink>>(begun);
    if (auto refused = sink.write(std::as_bytes(std::span(body))))
        return *std::move(refused);
    return sink.finish();
}

/// The lane of the face's route for a request.
inline http::Lane lane(const http::Face& face, http::Request request) {
    http::Router router;
    for (const auto& route : face.routes())
        EXPECT_TRUE(router.add(route.method, route.pattern, route.target));
    auto match = router.match(request.method, request.raw_path);
    request.params = std::move(match.params);
    return std::get<http::BufferedRoute>(*match.target).lane_of(request);
}

/// The body's bytes, pulled if they have to be.
inline std::string body_of(const http::Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body))
        return *text;
    const auto& pulled = std::get<http::PulledBody>(response.body);
    auto source = pulled.open(pulled.offset, pulled.length).value();
    std::string out(static_cast<std::size_t>(pulled.length), '\0');
    for (std::size_t at = 0; at < out.size();) {
        const auto got = source->read(std::as_writable_bytes(std::span(out)).subspan(at));
        if (!got || *got == 0)
            return "(short)";
        at += *got;
    }
    return out;
}

} // namespace landfall::faces::testing

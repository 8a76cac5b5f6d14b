#include "faces/operations.hpp"

#include "core/text.hpp"
#include "http/message/conditional.hpp"
#include "http/message/content_coding.hpp"
#include "http/message/origin.hpp"
#include "http/message/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::faces {
namespace {

void add_rate_headers(http::Response& response, const admission::RateState& rate) {
    if (rate.limit <= 0)
        return;
    response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
    response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
    response.headers.set("X-RateLimit-Reset", std::to_string(rate.reset_seconds));
}

http::Response success(const operations::Operation& operation, operations::Answer answer) {
    http::Response response;
    response.status = answer.status;
    if (answer.status != 304) {
        response.headers.set("Content-Type", answer.media_type.empty()
                                                 ? std::string(operation.spec.default_media_type())
                                                 : std::move(answer.media_type));
        response.body = std::move(answer.bytes);
    } else {
        http::vary_by_coding(response.headers, operation.spec.default_media_type());
    }
    if (!answer.etag.empty())
        response.headers.set("ETag", fmt::format("\"{}\"", answer.etag));
    response.headers.set("Cache-Control", answer.cache_control.empty() ? "no-store" : answer.cache_control);
    for (auto& [name, value] : answer.headers)
        response.headers.set(name, std::move(value));
    return response;
}

operations::Invocation invocation_of(const http::Request& request, const std::string& public_url) {
    operations::Invocation invocation{serving::caller_of_script(request, public_url), request.body, std::nullopt};
    if (const auto key = request.headers.get("Idempotency-Key"))
        invocation.idempotency_key = std::string(*key);
    return invocation;
}

http::Response unknown_operation(const http::Request& request) {
    return http::problem(Error(Code::NotFound, "There is no such operation; GET /openapi.json lists them"),
                         request.request_id);
}

/// The text as a header can hold it.
std::string header_text(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return out;
}

} // namespace

http::Lane lane_of(const operations::Operation* operation) {
    switch (operation != nullptr ? operation->pace : operations::Pace::Quick) {
    case operations::Pace::Quick:
        return http::Lane::Interactive;
    case operations::Pace::Commit:
        return http::Lane::Commit;
    case operations::Pace::Search:
        return http::Lane::Search;
    case operations::Pace::Draw:
        return http::Lane::Draw;
    case operations::Pace::Slow:
        return http::Lane::Slow;
    }
    return http::Lane::Interactive;
}

void tell_warnings(http::Response& response, std::span<const std::string> sentences) {
    for (const std::string& sentence : sentences)
        response.headers.add("X-Landfall-Warning", header_text(sentence));
}

http::Response respond(const operations::Operation& operation, operations::Outcome outcome,
                       const http::Request& request) {
    http::Response response = outcome.answer ? success(operation, std::move(*outcome.answer))
                                             : http::problem(outcome.answer.error(), request.request_id);
    if (outcome.rate)
        add_rate_headers(response, *outcome.rate);
    if (outcome.replayed)
        response.headers.set("Idempotency-Replayed", "true");
    tell_warnings(response, outcome.warnings);
    response.operation = operation.spec.id;
    response.principal = std::move(outcome.principal);
    return response;
}

http::Face operation_face(operations::Dispatcher& dispatcher, const std::string& public_url) {
    http::Face face({"/v1/"});
    const auto run = [&dispatcher, public_url](const operations::Operation* operation, const http::Request& request) {
        if (operation == nullptr)
            return unknown_operation(request);
        return respond(*operation, dispatcher.dispatch(*operation, invocation_of(request, public_url)), request);
    };
    const auto vet = [&dispatcher, public_url](const operations::Operation* operation,
                                               const http::Request& request) -> std::optional<http::Response> {
        if (operation == nullptr)
            return unknown_operation(request);
        auto refused = dispatcher.turn_away(*operation, serving::caller_of_script(request, public_url));
        return refused ? std::optional(respond(*operation, *std::move(refused), request)) : std::nullopt;
    };
    const auto add = [&face, run, vet](const std::string& pattern, const auto& named) {
        face.route(
            "POST", pattern, [named](const http::Request& request) { return lane_of(named(request)); },
            [named, run](const http::Request& request) { return run(named(request), request); },
            [named, vet](const http::Request& request) { return vet(named(request), request); });
    };
    const operations::Registry& registry = dispatcher.registry();
    add("/v1/op/{id}", [&registry](const http::Request& request) { return registry.find(request.params.at("id")); });
    add("/v1/{alias...}",
        [&registry](const http::Request& request) { return registry.find_alias(request.params.at("alias")); });
    return face;
}

} // namespace landfall::faces

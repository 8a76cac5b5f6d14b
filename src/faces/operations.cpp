#include "faces/operations.hpp"

#include "core/text.hpp"
#include "http/message/conditional.hpp"
#include "http/message/problem.hpp"

#include <fmt/format.h>

namespace landfall::faces {
namespace {

std::string header(const http::Request& request, std::string_view name) {
    return std::string(request.headers.get(name).value_or(""));
}

void add_rate_headers(http::Response& response, const operations::RateState& rate) {
    if (rate.limit <= 0)
        return;
    response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
    response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
    response.headers.set("X-RateLimit-Reset", std::to_string(rate.reset_seconds));
}

http::Response success(const operations::Operation& operation, operations::Content content,
                       const http::Request& request) {
    http::Response full = http::Response::text(
        200, content.media_type.empty() ? std::string(operation.spec.media_type) : content.media_type,
        std::move(content.bytes));
    full.headers.set("Cache-Control", content.cache_control.empty() ? "no-store" : content.cache_control);
    http::Validators validators;
    if (!content.etag.empty())
        validators.etag = fmt::format("\"{}\"", content.etag);
    const http::Refuse refuse = [](const http::Request& refused, int status, const std::string&) {
        return http::problem(status, "The conditions of the request do not hold for what is there.",
                             refused.request_id);
    };
    return http::answer_conditionally(request, std::move(full), validators, refuse);
}

http::Response unknown_operation(const http::Request& request) {
    return http::problem(Error(Code::NotFound, "There is no such operation; GET /openapi.json lists them"),
                         request.request_id);
}

} // namespace

http::Lane lane_of(const operations::Operation* operation) {
    switch (operation != nullptr ? operation->pace : operations::Pace::Quick) {
    case operations::Pace::Quick:
        return http::Lane::Interactive;
    case operations::Pace::Commit:
        return http::Lane::Commit;
    case operations::Pace::Slow:
        return http::Lane::Slow;
    }
    return http::Lane::Interactive;
}

operations::Invocation invocation_of(const http::Request& request, KeyInQuery key) {
    operations::Invocation invocation;
    invocation.body = request.body;
    invocation.authorization = header(request, "Authorization");
    invocation.api_key = header(request, "X-API-Key");
    if (key == KeyInQuery::Allowed && invocation.authorization.empty() && invocation.api_key.empty())
        invocation.api_key = request.query("key").value_or("");
    const auto idempotency = request.headers.get("Idempotency-Key");
    invocation.has_idempotency_key = idempotency.has_value();
    invocation.idempotency_key = std::string(idempotency.value_or(""));
    invocation.request_id = request.request_id;
    invocation.remote_address = request.remote_address;
    invocation.user_agent = clean_utf8(header(request, "User-Agent"), 512);
    invocation.if_none_match = header(request, "If-None-Match");
    return invocation;
}

http::Response respond(const operations::Operation& operation, operations::Outcome outcome,
                       const http::Request& request) {
    http::Response response = outcome.answer ? success(operation, std::move(*outcome.answer), request)
                                             : http::problem(outcome.answer.error(), request.request_id);
    if (outcome.rate)
        add_rate_headers(response, *outcome.rate);
    if (outcome.replayed)
        response.headers.set("Idempotency-Replayed", "true");
    response.operation = operation.spec.id;
    response.principal = std::move(outcome.principal);
    return response;
}

http::Face operation_face(operations::Dispatcher& dispatcher) {
    http::Face face({"/v1/"});
    const auto run = [&dispatcher](const operations::Operation* operation, const http::Request& request) {
        if (operation == nullptr)
            return unknown_operation(request);
        return respond(*operation, dispatcher.dispatch(*operation, invocation_of(request, KeyInQuery::Refused)),
                       request);
    };
    const auto add = [&face, run](const std::string& pattern, const auto& named) {
        face.route(
            "POST", pattern, [named](const http::Request& request) { return lane_of(named(request)); },
            [named, run](const http::Request& request) { return run(named(request), request); });
    };
    const operations::Registry& registry = dispatcher.registry();
    add("/v1/op/{id}", [&registry](const http::Request& request) { return registry.find(request.params.at("id")); });
    add("/v1/{alias...}",
        [&registry](const http::Request& request) { return registry.find_alias(request.params.at("alias")); });
    return face;
}

} // namespace landfall::faces

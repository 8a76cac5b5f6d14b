#include "operations/registry/dispatch.hpp"

#include <fmt/format.h>

#include <chrono>

namespace landfall::operations {
namespace {

/// Bodies beyond this many bytes are read few at a time.
constexpr std::size_t kLargeBody = 256 * 1024;
constexpr int kLargeBodiesAtOnce = 2;
constexpr std::chrono::seconds kLargeBodyPatience{10};

/// The body as an object; empty, `null` and `{}` are alike.
Result<Json> parse_body(std::string_view body, std::int64_t max_values) {
    if (body.find_first_not_of(" \t\r\n") == std::string::npos)
        return Json::object();
    const auto limit = static_cast<std::size_t>(max_values);
    // A value takes two bytes at least, with what parts it from the next.
    if (body.size() / 2 >= limit && count_json_values(body) > limit)
        return fail(Code::PayloadTooLarge, fmt::format("The JSON body holds more than {} values", limit));
    TRY(Json json, Json::parse(body));
    if (json.is_null())
        return Json::object();
    if (json.is_object())
        return json;
    Error error(Code::InvalidArgument, "The body must be a JSON object");
    error.fields.push_back({{}, "Input should be a JSON object", "model_attributes_type"});
    return fail(std::move(error));
}

Result<Answer> run_body(const Operation& operation, Execution& run, const Invocation& invocation, jobs::Gate& gate) {
    const OperationSpec& spec = operation.spec;
    const auto limit = static_cast<std::size_t>(spec.body_limit);
    if (limit > 0 && invocation.body.size() > limit)
        return fail(Code::PayloadTooLarge, fmt::format("The body of {} has at most {} bytes", spec.id, limit));
    const bool large = invocation.body.size() > kLargeBody;
    const auto pass = large ? gate.enter(run.call().principal.organization_id.str(), kLargeBodyPatience) : std::nullopt;
    if (large && !pass)
        return fail(Code::Unavailable, "The server is busy with other large bodies; try again shortly");
    TRY(const Json body, parse_body(invocation.body, spec.max_values));
    if (invocation.idempotency_key && spec.accepts_idempotency_key) {
        TRY(auto keyed, admission::make_keyed_call(run.call(), spec.id, *invocation.idempotency_key, body));
        if (spec.answer_holds_secret)
            keyed.seal_with = std::string(run.credential());
        run.use_key(std::move(keyed));
    }
    return operation.body(run, body);
}

} // namespace

Dispatcher::Dispatcher(const Registry& registry, admission::Pipeline& pipeline)
    : registry_(registry), pipeline_(pipeline), large_bodies_(kLargeBodiesAtOnce) {}

Outcome Dispatcher::dispatch(const Operation& operation, const Invocation& invocation) {
    return pipeline_.run(operation.spec.act(), invocation.request,
                         [&](Execution& run) { return run_body(operation, run, invocation, large_bodies_); });
}

} // namespace landfall::operations

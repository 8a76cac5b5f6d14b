#include "jobs/wire.hpp"

#include "core/text.hpp"

namespace landfall::jobs {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::size_t kMaxFields = 64;
constexpr std::size_t kMaxErrorValues = 10'000; ///< an honest error's fields are a few

std::string clean(const Json& value) {
    return clean_utf8(value.as_view(), kMaxTextBytes);
}

Json encode_field(const FieldError& field) {
    return Json::object(
        {{"path", Json::array_of(field.path)}, {"message", Json(field.message)}, {"type", Json(field.type)}});
}

FieldError decode_field(const Json& json) {
    FieldError field{{}, clean(json["message"]), clean(json["type"])};
    for (const Json& step : json["path"].items())
        if (field.path.size() < kMaxFields)
            field.path.push_back(clean(step));
    return field;
}

} // namespace

std::string encode(const SpawnOrder& order) {
    const SandboxLimits& limits = order.limits;
    return Json::object({{"service", Json(order.kind == WorkerKind::ForService)},
                         {"name", Json(order.name)},
                         {"folder", Json(order.folder)},
                         {"memory", Json(limits.memory_bytes)},
                         {"cpu", Json(std::int64_t{limits.cpu.count()})},
                         {"scratch", Json(limits.scratch_bytes)}})
        .dump();
}

Result<SpawnOrder> decode_order(std::string_view text) {
    TRY(const Json json, Json::parse(text));
    SpawnOrder order;
    order.kind = json["service"].as_bool() ? WorkerKind::ForService : WorkerKind::ForTask;
    order.name = json["name"].as_string();
    order.folder = json["folder"].as_string();
    order.limits.memory_bytes = json["memory"].as_integer();
    order.limits.cpu = std::chrono::seconds(json["cpu"].as_integer());
    order.limits.scratch_bytes = json["scratch"].as_integer();
    return order;
}

std::string encode(const Error& error) {
    Json::Array fields;
    for (const FieldError& field : error.fields)
        fields.push_back(encode_field(field));
    return Json::object({{"code", Json(static_cast<int>(error.code))},
                         {"message", Json(error.message)},
                         {"fields", Json(std::move(fields))},
                         {"cause", Json(error.cause)},
                         {"retry", Json(error.retry_after_seconds)}})
        .dump();
}

Error decode_error(std::string_view text) {
    const auto parsed = schema::parse_answer(text, kMaxErrorValues);
    if (!parsed)
        return fail_internal("a worker's error was not JSON").value();
    const Json& json = *parsed;
    const std::int64_t code = json["code"].as_integer(-1);
    Error error;
    error.code = code >= 0 && code <= static_cast<int>(Code::Internal) ? static_cast<Code>(code) : Code::Internal;
    error.message = clean(json["message"]);
    error.cause = clean(json["cause"]);
    error.retry_after_seconds = static_cast<int>(std::clamp<std::int64_t>(json["retry"].as_integer(), 0, 3600));
    for (const Json& field : json["fields"].items())
        if (error.fields.size() < kMaxFields)
            error.fields.push_back(decode_field(field));
    return error;
}

} // namespace landfall::jobs

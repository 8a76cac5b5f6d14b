#include "http/message/problem.hpp"

#include "core/status.hpp"
#include "http/message/wire_text.hpp"
#include "schema/json.hpp"

#include <algorithm>
#include <array>

namespace landfall::http {
namespace {

struct Kind {
    int status;
    std::string_view name; ///< last part of the type URN
    std::string_view title;
};

constexpr std::array<Kind, 24> kKinds{{
    {400, "malformed-request", "Malformed request"},
    {401, "unauthenticated", "Authentication required"},
    {402, "payment-required", "Quota or credit is short"},
    {403, "permission-denied", "Permission denied"},
    {404, "not-found", "Not found"},
    {405, "method-not-allowed", "Method not allowed"},
    {408, "request-timeout", "The request took too long to arrive"},
    {409, "conflict", "Conflict"},
    {410, "gone", "Gone"},
    {411, "length-required", "Length required"},
    {412, "precondition-failed", "Precondition failed"},
    {413, "payload-too-large", "Payload too large"},
    {414, "target-too-long", "Request target too long"},
    {415, "unsupported", "Not supported"},
    {416, "range-not-satisfiable", "Range not satisfiable"},
    {417, "expectation-failed", "Expectation failed"},
    {422, "invalid-argument", "Invalid input"},
    {429, "rate-limited", "Too many requests"},
    {431, "header-too-large", "Request header too large"},
    {500, "internal", "Internal error"},
    {501, "not-implemented", "Not implemented"},
    {503, "unavailable", "Service unavailable"},
    {504, "deadline-exceeded", "Deadline exceeded"},
    {505, "version-not-supported", "HTTP version not supported"},
}};

Kind kind_of(int status) {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.status == status; });
    return found == kKinds.end() ? Kind{status, "other", reason_phrase(status)} : *found;
}

Json location(const FieldError& field) {
    Json loc = Json::array({Json(field.part)});
    for (const std::string& step : field.path) {
        const bool index = !step.empty() && step.size() <= 9 &&
                           std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
        loc.push(index ? Json(std::stoi(step)) : Json(step));
    }
    return loc;
}

Json entry(const FieldError& field) {
    return Json::object({{"loc", location(field)},
                         {"msg", Json(field.message)},
                         {"type", Json(field.type.empty() ? "value_error" : field.type)}});
}

Json validation_entries(const Error& error) {
    if (error.fields.empty())
        return Json::array({entry({{}, error.message, "value_error"})});
    Json list = Json::array();
    for (const FieldError& field : error.fields)
        list.push(entry(field));
    return list;
}

Response document(int status, Json detail, std::string_view request_id) {
    const Kind kind = kind_of(status);
    std::string type("urn:landfall:problem:");
    type.append(kind.name);
    const Json body = Json::object({{"type", Json(std::move(type))},
                                    {"title", Json(kind.title)},
                                    {"status", Json(status)},
                                    {"detail", std::move(detail)},
                                    {"request_id", Json(request_id)}});
    Response response =
        Response::text(status, status == 422 ? "application/json" : "application/problem+json", body.dump());
    response.headers.add("Cache-Control", "no-store");
    return response;
}

} // namespace

int status_of(Code code) {
    return http_status(code);
}

Response problem(const Error& error, std::string_view request_id) {
    const int status = status_of(error.code);
    Response response = document(status, status == 422 ? validation_entries(error) : Json(error.message), request_id);
    if (status == 401)
        response.headers.set("WWW-Authenticate", "Bearer");
    if (status == 429 || status == 503 || error.code == Code::Aborted)
        response.headers.add("Retry-After", std::to_string(std::max(1, error.retry_after_seconds)));
    response.log_cause = error.cause;
    return response;
}

Response problem(int status, std::string detail, std::string_view request_id) {
    if (status == 422)
        return problem(Error{Code::InvalidArgument, std::move(detail)}, request_id);
    return document(status, Json(std::move(detail)), request_id);
}

} // namespace landfall::http

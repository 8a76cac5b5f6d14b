#include "stac/refusal.hpp"

#include "core/status.hpp"
#include "stac/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::stac {
namespace {

constexpr std::string_view kListed = "listed"; ///< ends in an array of sentences
constexpr std::string_view kSaid = "said";     ///< in one sentence
/// The whole description is the sentence, and the type is the status.
constexpr std::string_view kStatus = "status_";
constexpr std::string_view kNotFound = "Not found.";

tl::unexpected<Error> with_status(Code code, int status, std::string sentence) {
    Error error(code, std::move(sentence));
    error.fields.push_back({{}, error.message, fmt::format("{}{}", kStatus, status)});
    return fail(std::move(error));
}

/// Puts a sentence where it belongs in the nested description.
void put(Json& target, const FieldError& fault, std::size_t depth) {
    if (depth == fault.path.size()) {
        if (fault.type == kSaid)
            target = Json(fault.message);
        else
            target.push(Json(fault.message));
        return;
    }
    const std::string& step = fault.path[depth];
    if (step.starts_with('[')) {
        auto& entries = target.items();
        const auto index = static_cast<std::size_t>(std::stoul(step.substr(1)));
        if (entries.size() <= index)
            entries.resize(index + 1, Json::object());
        put(entries[index], fault, depth + 1);
        return;
    }
    Json inner = target[fault.path[depth]];
    put(inner, fault, depth + 1);
    target.set(fault.path[depth], std::move(inner));
}

bool is_retryable(int status) {
    return status >= 502 && status <= 504;
}

http::Response shaped(const http::Request& request, int status, const Json& description, int retry_after_seconds) {
    http::Response response;
    response.status = status;
    allow_everybody(request, response);
    if (request.method == "GET" || request.method == "HEAD")
        response.headers.set("Cache-Control",
                             status >= 500 && !is_retryable(status) ? "max-age=10, public" : std::string(kNeverCache));
    if (status == 401)
        response.headers.set("WWW-Authenticate", "Basic realm=\"STAC\", charset=\"UTF-8\"");
    if (is_retryable(status))
        response.headers.set("Retry-After", std::to_string(std::max(1, retry_after_seconds)));
    if (status == 412)
        return response;
    response.headers.set("Content-Type", "application/json");
    response.body = Json::object({{"code", status}, {"description", description}}).dump();
    return response;
}

} // namespace

std::string place_in_array(std::size_t index) {
    return fmt::format("[{}", index);
}

void Faults::add(Place place, std::string sentence) {
    error_.fields.push_back({std::move(place), std::move(sentence), std::string(kListed)});
}

void Faults::say(Place place, std::string sentence) {
    error_.fields.push_back({std::move(place), std::move(sentence), std::string(kSaid)});
}

bool Faults::has(const Place& place) const {
    return std::ranges::find(error_.fields, place, &FieldError::path) != error_.fields.end();
}

Status Faults::status() const {
    return any() ? Status(fail(error_)) : Status();
}

tl::unexpected<Error> refuse(std::string sentence) {
    return fail(Code::BadRequest, std::move(sentence));
}

tl::unexpected<Error> refuse_listed(std::string sentence) {
    Faults faults;
    faults.add({}, std::move(sentence));
    return fail(faults.status().error());
}

tl::unexpected<Error> refuse_field(std::string member, std::string sentence) {
    Faults faults;
    faults.add({std::move(member)}, std::move(sentence));
    return fail(faults.status().error());
}

tl::unexpected<Error> not_found() {
    return not_found(std::string(kNotFound));
}

tl::unexpected<Error> not_found(std::string sentence) {
    return with_status(Code::NotFound, 404, std::move(sentence));
}

tl::unexpected<Error> conflict(std::string sentence) {
    return with_status(Code::Conflict, 409, std::move(sentence));
}

tl::unexpected<Error> method_not_allowed(const std::string& method) {
    return with_status(Code::Unsupported, 405, fmt::format("Method \"{}\" not allowed.", method));
}

tl::unexpected<Error> unsupported_media_type(std::string_view media_type) {
    return with_status(Code::Unsupported, 415, fmt::format("Unsupported media type \"{}\" in request.", media_type));
}

tl::unexpected<Error> not_implemented(std::string sentence) {
    return with_status(Code::Unsupported, 501, std::move(sentence));
}

int status_of(const Error& error) {
    for (const FieldError& field : error.fields)
        if (field.type.starts_with(kStatus))
            return std::stoi(field.type.substr(kStatus.size()));
    switch (error.code) {
    case Code::InvalidArgument:
        return 400;
    case Code::ResourceExhausted:
    case Code::Aborted:
        return 503;
    default:
        return http_status(error.code);
    }
}

Json description_of(const Error& error) {
    if (error.code == Code::PermissionDenied)
        return "You do not have permission to perform this action.";
    if (error.code == Code::NotFound && error.fields.empty())
        return kNotFound;
    if (error.fields.empty() || error.fields.front().type.starts_with(kStatus))
        return error.message;
    Json description;
    for (const FieldError& fault : error.fields)
        put(description, fault, 0);
    return description;
}

http::Response refusal(const http::Request& request, const Error& error) {
    Json description = description_of(error);
    if (error.code == Code::Unauthenticated && !request.headers.get("Authorization"))
        description = "Authentication credentials were not provided.";
    http::Response response = shaped(request, status_of(error), description, error.retry_after_seconds);
    response.log_cause = error.cause;
    return response;
}

http::Response refuse_as_stac(const http::Request& request, int status, const std::string& detail) {
    if (status == 404)
        return shaped(request, status, kNotFound, 0);
    if (status == 429)
        status = 503;
    return shaped(request, status, detail.empty() ? Json("The request was refused.") : Json(detail), 1);
}

} // namespace landfall::stac

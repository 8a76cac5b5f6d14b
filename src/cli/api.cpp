#include "cli/api.hpp"

#include "cli/realm.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::cli {
namespace {

// The longest work behind one call is turning an upload's files into items.
constexpr std::chrono::seconds kPatience{1800};

Code code_of(int status) {
    switch (status) {
    case 401:
        return Code::Unauthenticated;
    case 402:
        return Code::PaymentRequired;
    case 403:
        return Code::PermissionDenied;
    case 404:
        return Code::NotFound;
    case 409:
        return Code::Conflict;
    case 410:
        return Code::Gone;
    case 412:
        return Code::PreconditionFailed;
    case 413:
        return Code::PayloadTooLarge;
    case 408:
        return Code::DeadlineExceeded;
    case 422:
        return Code::InvalidArgument;
    case 429:
        return Code::ResourceExhausted;
    case 405:
    case 415:
    case 501:
        return Code::Unsupported;
    default:
        break;
    }
    if (status >= 500)
        return Code::Unavailable;
    return status >= 400 ? Code::BadRequest : Code::Internal;
}

std::string field_name(const Json& location) {
    std::string name;
    for (std::size_t i = 0; i < location.items().size(); ++i) {
        const Json& step = location.items()[i];
        std::string text = step.is_string() ? step.as_string() : step.dump();
        if (i == 0 && text == "body")
            continue;
        name += (name.empty() ? "" : ".") + text;
    }
    return name;
}

void add_entries(Error& error, const Json& detail) {
    for (const Json& entry : detail.items())
        error.fields.push_back({{field_name(entry["loc"])}, entry["msg"].as_string(), entry["type"].as_string()});
}

std::string own_words(int status) {
    if (status >= 500)
        return fmt::format("The server failed with status {}; try again later", status);
    if (status < 400)
        return fmt::format("The server answered with status {}; check that the address is that of a Landfall server",
                           status);
    return fmt::format("The server refused the request with status {}", status);
}

/// The text between two tags of an object store's error document.
std::string message_of_xml(std::string_view body) {
    const auto open = body.find("<Message>");
    const auto close = body.find("</Message>", open);
    if (open == std::string_view::npos || close == std::string_view::npos || close - open > 2000)
        return {};
    return std::string(body.substr(open + 9, close - open - 9));
}

} // namespace

Error refusal(const outbound::HttpResponse& response) {
    Error error(code_of(response.status), own_words(response.status));
    error.retry_after_seconds = response.retry_after_seconds;
    if (response.status == 409 && response.retry_after_seconds > 0)
        error.code = Code::Aborted; // what passes by itself says when to come back, what does not says nothing
    if (response.body.starts_with("<")) {
        if (std::string message = message_of_xml(response.body); !message.empty())
            error.message = std::move(message);
        return error;
    }
    const auto problem = Json::parse(response.body);
    if (!problem)
        return error;
    const Json& detail = (*problem)["detail"];
    if (detail.is_array())
        add_entries(error, detail);
    else if (!detail.as_view().empty())
        error.message = detail.as_string();
    else if (!(*problem)["error_description"].as_view().empty())
        error.message = (*problem)["error_description"].as_string();
    else if (!(*problem)["title"].as_view().empty())
        error.message = (*problem)["title"].as_string();
    return error;
}

int exit_code_of(const Error& error) {
    switch (error.code) {
    case Code::Internal:
    case Code::Unavailable:
    case Code::DeadlineExceeded:
    case Code::Canceled:
        return 1;
    default:
        return 3;
    }
}

std::vector<std::string> error_lines(const Error& error) {
    std::vector<std::string> lines;
    for (const FieldError& field : error.fields) {
        const std::string& name = field.path.empty() ? std::string() : field.path.front();
        lines.push_back(name.empty() ? field.message : fmt::format("{}: {}", name, field.message));
    }
    if (lines.empty())
        lines.push_back(error.message);
    return lines;
}

std::string without_full_stop(std::string sentence) {
    while (sentence.ends_with('.') || sentence.ends_with(' '))
        sentence.pop_back();
    return sentence;
}

std::string retry_note(const Error& error, std::chrono::milliseconds delay) {
    return fmt::format("{}; trying again in {} s", without_full_stop(printable(error_lines(error).front())),
                       std::chrono::ceil<std::chrono::seconds>(delay).count());
}

/// Sends with the token; where it was refused before it should have lapsed, once more with another one.
Result<outbound::HttpResponse> Api::send(outbound::HttpRequest& request) {
    TRY(std::string token, server_.renewal ? server_.renewal->token() : Result<std::string>(server_.token));
    request.headers.emplace_back("Authorization", "Bearer " + token);
    TRY(auto response, client_->send(request));
    if (response.status != 401 || !server_.renewal)
        return response;
    TRY(token, server_.renewal->after(token));
    request.headers.back().second = "Bearer " + token;
    return client_->send(request);
}

Result<Answer> Api::call(std::string_view operation_id, const std::string& input, const std::string& idempotency_key) {
    outbound::HttpRequest request;
    request.method = "POST";
    request.url = fmt::format("{}/v1/op/{}", server_.url, percent_encode(operation_id));
    request.body = input;
    request.stall = kPatience;
    request.headers = {{"Content-Type", "application/json"}};
    if (!idempotency_key.empty())
        request.headers.emplace_back("Idempotency-Key", idempotency_key);
    TRY(outbound::HttpResponse response, send(request));
    if (response.status < 200 || response.status > 299)
        return fail(refusal(response));
    std::string media(response.header("content-type").value_or(""));
    media.erase(std::min(media.find_first_of("; "), media.size()));
    Answer answer{std::move(response.body), std::move(media)};
    for (const auto& [name, value] : response.headers)
        if (name == "x-landfall-warning")
            answer.warnings.push_back(value);
    return answer;
}

Result<Json> Api::call_json(std::string_view operation_id, const Json& input, const std::string& idempotency_key) {
    TRY(const Answer answer, call(operation_id, input.dump(), idempotency_key));
    auto json = Json::parse(answer.body);
    if (!json)
        return fail(Code::Internal,
                    "The server's answer is no JSON; check that the address is that of a Landfall server");
    return json;
}

} // namespace landfall::cli

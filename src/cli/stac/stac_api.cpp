#include "cli/stac/stac_api.hpp"

#include "cli/api.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>

namespace landfall::cli {
namespace {

constexpr std::string_view kRoot = "/api/stac/v1";
constexpr std::chrono::seconds kPatience{300}; // a completion may move gigabytes at the server
constexpr std::string_view kNoJson =
    "The server's answer is no JSON; check that the address is that of a server of the STAC API";

/// What is wrong with members, whose texts lie in objects and arrays of any depth. Section 4.
void add_faults(Error& error, const std::string& path, const Json& description) {
    if (description.is_string())
        error.fields.push_back({{path}, description.as_string(), {}});
    for (const Json& entry : description.items())
        add_faults(error, path, entry);
    for (const auto& [name, entry] : description.members())
        add_faults(error, name == "non_field_errors" ? path : path.empty() ? name : path + "." + name, entry);
}

Error stac_refusal(const outbound::HttpResponse& response) {
    Error error = refusal(response);
    if (response.status == 412 && response.body.empty())
        error.message = "Somebody else has changed it or made it meanwhile; read it again";
    const auto body = Json::parse(response.body);
    const Json description = body ? (*body)["description"] : Json();
    if (description.is_string())
        error.message = description.as_string();
    else
        add_faults(error, {}, description);
    return error;
}

/// The address of the next page: its query at the address that was asked, whatever the server calls itself.
std::optional<std::string> next_query(const Json& page) {
    for (const Json& link : page["links"].items())
        if (link["rel"].as_view() == "next") {
            const std::string href = link["href"].as_string();
            const auto question = href.find('?');
            return question == std::string::npos ? std::nullopt : std::optional(href.substr(question));
        }
    return std::nullopt;
}

} // namespace

StacApi::StacApi(StacServer server, std::stop_token stop)
    : server_(std::move(server)),
      client_(std::make_shared<outbound::HttpClient>(std::move(stop), server_.authorities)) {}

Result<Json> StacApi::get(const std::string& path) {
    TRY(auto answer, send("GET", server_.url + std::string(kRoot) + path, nullptr, {}));
    return std::move(answer.document);
}

Result<StacAnswer> StacApi::put(const std::string& path, const Json& body, StacHeaders headers) {
    return send("PUT", server_.url + std::string(kRoot) + path, &body, std::move(headers));
}

Result<Json> StacApi::post(const std::string& path, const Json& body) {
    TRY(auto answer, send("POST", server_.url + std::string(kRoot) + path, &body, {}));
    return std::move(answer.document);
}

Status StacApi::each(const std::string& path, std::string_view member, const std::function<void(const Json&)>& take) {
    std::set<std::string> seen;
    for (std::optional<std::string> query = ""; query;) {
        if (!seen.insert(*query).second)
            return fail(Code::Internal, "The server's pages lead back to one that was read already");
        TRY(const Json page, get(path + *query));
        for (const Json& entry : page[member].items())
            take(entry);
        query = next_query(page);
    }
    return {};
}

Result<std::string> StacApi::token(const std::string& user, const std::string& password) {
    const Json body = Json::object({{"username", user}, {"password", password}});
    TRY(const auto answer, send("POST", server_.url + "/api/stac/get-token", &body, {}));
    std::string token = answer.document["token"].as_string();
    if (token.empty() || has_control(token) || token.find(' ') != std::string::npos)
        return fail(Code::Internal, "The server gave no token; check that the address is that of a server of the STAC "
                                    "API, or keep the password itself with --keep-password");
    return token;
}

Result<StacAnswer> StacApi::send(std::string method, std::string url, const Json* body, StacHeaders headers) {
    outbound::HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.stall = kPatience;
    request.headers = std::move(headers);
    request.headers.emplace_back("Accept", "application/json");
    request.headers.emplace_back("Cache-Control", "no-cache"); // what is decided by must be as it is now
    if (body != nullptr) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = body->dump();
    }
    if (!server_.authorization.empty())
        request.headers.emplace_back("Authorization", server_.authorization);
    TRY(const outbound::HttpResponse response, client_->send(request));
    if (response.status < 200 || response.status > 299)
        return fail(stac_refusal(response));
    auto json = Json::parse(response.body);
    if (!json)
        return fail(Code::Internal, std::string(kNoJson));
    return StacAnswer{*std::move(json), response.status == 201};
}

std::string stac_path(const std::vector<std::string_view>& words) {
    std::string path;
    for (const std::string_view word : words)
        path += "/" + percent_encode(word);
    return path;
}

} // namespace landfall::cli

#include "cli/mcp/protocol.hpp"

#include "core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace landfall::cli {
namespace {

constexpr std::array<std::string_view, 3> kVersions{"2025-06-18", "2025-03-26", "2024-11-05"};
constexpr std::size_t kMostQuoted = 100; ///< bytes of what a refusal repeats

/// Codes of JSON-RPC.
enum class Fault : std::int16_t { Parse = -32700, Request = -32600, Method = -32601, Params = -32602 };

Json message_of(const Json& id) {
    return Json::object({{"jsonrpc", "2.0"}, {"id", id}});
}

std::string fault(const Json& id, Fault code, std::string_view sentence) {
    Json message = message_of(id);
    message.set("error", Json::object({{"code", static_cast<int>(code)}, {"message", sentence}}));
    return message.dump();
}

Json text_content(std::string_view text) {
    return Json::object({{"type", "text"}, {"text", text}});
}

/// The failure of a call: the host's model reads why, and may do better.
Json failed(std::string_view sentence) {
    return Json::object({{"content", Json::array({text_content(sentence)})}, {"isError", true}});
}

bool is_text(std::string_view media_type) {
    return media_type.starts_with("text/") || media_type.ends_with("json") || media_type.ends_with("xml");
}

Json introduction(const Json& params) {
    const auto asked = params["protocolVersion"].as_view();
    return Json::object(
        {{"protocolVersion", is_mcp_version(asked) ? asked : kVersions.front()},
         {"capabilities", Json::object({{"tools", Json::object({{"listChanged", false}})}})},
         {"serverInfo", Json::object({{"name", "landfall"}, {"title", "Landfall"}, {"version", LANDFALL_VERSION}})},
         {"instructions",
          "Earth imagery: items with files and metadata, in collections of projects. projects_list tells "
          "the project ids that most tools need. Lists and searches answer in pages: pass next_token "
          "on as page_token."}});
}

} // namespace

bool is_mcp_version(std::string_view version) {
    return std::ranges::find(kVersions, version) != kVersions.end();
}

std::optional<std::string> McpProtocol::answer(std::string_view message, Api& api) const {
    const auto parsed = Json::parse(message);
    if (!parsed)
        return fault(Json(), Fault::Parse, "The message is no JSON");
    const Json& id = (*parsed)["id"];
    const Json& method = (*parsed)["method"];
    if (!parsed->is_object() || (*parsed)["jsonrpc"].as_view() != "2.0")
        return fault(id, Fault::Request, "The message is none of JSON-RPC 2.0");
    if (!method.is_string()) // an answer, to which nothing was asked
        return parsed->find("result") != nullptr || parsed->find("error") != nullptr
                   ? std::nullopt
                   : std::optional(fault(id, Fault::Request, "The message names no method"));
    if (parsed->find("id") == nullptr)
        return std::nullopt;
    auto result = result_of(method.as_view(), (*parsed)["params"], api);
    if (!result)
        return fault(id, result.error().code == Code::NotFound ? Fault::Method : Fault::Params, result.error().message);
    Json answer = message_of(id);
    answer.set("result", *std::move(result));
    return answer.dump();
}

Result<Json> McpProtocol::result_of(std::string_view method, const Json& params, Api& api) const {
    if (method == "initialize")
        return introduction(params);
    if (method == "ping")
        return Json::object();
    if (method == "tools/list")
        return Json::object({{"tools", tools_.list()}});
    if (method == "tools/call")
        return call(params, api);
    return fail(Code::NotFound, fmt::format("There is no method '{}' here", clean_utf8(method, kMostQuoted)));
}

Result<Json> McpProtocol::call(const Json& params, Api& api) const {
    const auto* operation = tools_.find(params["name"].as_view());
    if (operation == nullptr)
        return fail(Code::InvalidArgument, fmt::format("There is no tool '{}', or it is not allowed here",
                                                       clean_utf8(params["name"].as_view(), kMostQuoted)));
    const Json& arguments = params["arguments"];
    if (!arguments.is_object() && !arguments.is_null())
        return fail(Code::InvalidArgument, "The arguments must be an object");
    const auto answer = api.call(operation->spec.id, arguments.is_null() ? "{}" : arguments.dump());
    if (!answer)
        return failed(fmt::format("{}", fmt::join(error_lines(answer.error()), "\n")));
    return shown(*answer);
}

Json McpProtocol::shown(const Answer& answer) const {
    if (std::ssize(answer.body) > most_result_)
        return failed(
            fmt::format("The answer has {} bytes, and at most {} are passed on. Ask for less: a smaller limit, "
                        "a narrower search, or one item",
                        answer.body.size(), most_result_));
    Json content = Json::array();
    if (answer.media_type.starts_with("image/"))
        content.push(
            Json::object({{"type", "image"}, {"data", to_base64(answer.body)}, {"mimeType", answer.media_type}}));
    else if (is_text(answer.media_type))
        content.push(text_content(answer.body));
    else
        return failed(fmt::format("The answer is {}, which can't be shown", answer.media_type));
    for (const std::string& warning : answer.warnings)
        content.push(text_content("Warning: " + warning));
    Json result = Json::object({{"content", std::move(content)}, {"isError", false}});
    if (auto json = Json::parse(answer.body); is_text(answer.media_type) && json && json->is_object())
        result.set("structuredContent", *std::move(json));
    return result;
}

} // namespace landfall::cli

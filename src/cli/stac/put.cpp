#include "cli/stac/stac_server.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace landfall::cli {
namespace {

/// The flags of an item that are members of its `properties`.
constexpr std::array<std::string_view, 5> kProperties{"datetime", "start_datetime", "end_datetime", "title", "expires"};

/// What a resource becomes: the JSON of the command line, and over it what flags say.
Result<Json> document_of(const Invocation& invocation, const Terminal& terminal) {
    Json document = Json::object({});
    if (invocation.operands.size() > 1) {
        TRY(const auto text,
            json_argument(invocation.operands[1], [&](const std::string& file) { return read_text(terminal, file); }));
        TRY(document, Json::parse(text));
    }
    if (!document.is_object())
        return fail(Code::InvalidArgument, "The document must be a JSON object");
    for (const auto& [name, value] : invocation.input.members())
        document.set(name, value);
    return document;
}

/// Moves what belongs into `properties` there.
void nest_properties(Json& item) {
    Json properties = item["properties"].is_object() ? item["properties"] : Json::object({});
    for (const std::string_view name : kProperties)
        if (const Json* value = item.find(name)) {
            properties.set(name, *value);
            item.erase(name);
        }
    item.set("properties", std::move(properties));
}

Result<StacHeaders> conditions_of(const Invocation& invocation) {
    StacHeaders headers;
    if (invocation.has("create"))
        headers.emplace_back("If-None-Match", "*");
    if (const auto tag = invocation.value("if-match"))
        headers.emplace_back("If-Match", tag->starts_with('"') ? *tag : fmt::format("\"{}\"", *tag));
    if (headers.size() > 1)
        return fail(Code::InvalidArgument, "--create is for what is not there, and --if-match for what is");
    return headers;
}

/// What is put where.
struct Wanted {
    StacServer server;
    std::string path;
    Json document;
    StacHeaders headers;
};

using Target = std::function<Result<std::string>(Json& document)>;

Result<Wanted> wanted_of(const Invocation& invocation, const Terminal& terminal, const Target& target) {
    Wanted wanted;
    TRY(wanted.server, stac_server_of(invocation, terminal, StacAccess::Write));
    TRY(wanted.document, document_of(invocation, terminal));
    TRY(wanted.path, target(wanted.document));
    TRY(wanted.headers, conditions_of(invocation));
    return wanted;
}

int put(const Invocation& invocation, const Surroundings& surroundings, const Target& target) {
    const Terminal& terminal = surroundings.terminal;
    const auto wanted = wanted_of(invocation, terminal, target);
    if (!wanted)
        return wanted.error().code == Code::Internal ? report(terminal, wanted.error())
                                                     : report_usage(terminal, wanted.error());
    const auto answer =
        StacApi(wanted->server, surroundings.interrupted).put(wanted->path, wanted->document, wanted->headers);
    if (!answer)
        return report(terminal, answer.error());
    terminal.print(invocation.has("json") ? answer->document.dump()
                                          : printable(fmt::format("{} {}", invocation.operands.front(),
                                                                  answer->created ? "made" : "replaced")));
    return 0;
}

} // namespace

int run_stac_put_collection(const Invocation& invocation, const Surroundings& surroundings) {
    return put(invocation, surroundings, [&](Json& document) -> Result<std::string> {
        TRY(const auto ids, segments_of(invocation.operands.front(), {1, 1}, "Name one collection"));
        document.set("id", ids.front());
        return owner_path(ids);
    });
}

int run_stac_put_item(const Invocation& invocation, const Surroundings& surroundings) {
    return put(invocation, surroundings, [&](Json& document) -> Result<std::string> {
        TRY(const auto ids, segments_of(invocation.operands.front(), {2, 2}, "Name one item as COLLECTION/ITEM"));
        document.set("id", ids.back());
        nest_properties(document);
        return owner_path(ids);
    });
}

int run_stac_put_asset(const Invocation& invocation, const Surroundings& surroundings) {
    return put(invocation, surroundings, [&](Json& document) -> Result<std::string> {
        TRY(auto ids, segments_of(invocation.operands.front(), {2, 3},
                                  "Name one asset as COLLECTION/ITEM/ASSET, or COLLECTION/ASSET"));
        const std::string asset = ids.back();
        ids.pop_back();
        document.set("id", asset);
        return owner_path(ids) + stac_path({"assets", asset});
    });
}

} // namespace landfall::cli

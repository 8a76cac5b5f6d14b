#include "stac/routes/openapi.hpp"

#include "core/text.hpp"
#include "http/message/conditional.hpp"
#include "schema/json.hpp"
#include "stac/refusal.hpp"
#include "stac/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::stac {
namespace {

constexpr std::string_view kTitle = "STAC API";
constexpr std::string_view kVersion = "1.0.0";

struct Parameter {
    std::string_view name;
    std::string_view description;
    std::string_view type = "string";
};
constexpr std::array<Parameter, 2> kPaging{
    {{"limit", "Entries a page, 1 to 100", "integer"}, {"cursor", "Of a next or previous link"}}};
constexpr std::array<Parameter, 2> kOfItems{
    {{"bbox", "West, south, east, north in degrees (WGS 84)"},
     {"datetime", "A time, or an interval of two of which one may be open: A/B, A/.., ../B"}}};
constexpr std::array<Parameter, 4> kOfSearch{{{"ids", "Of items, separated by commas; other filters are left out then"},
                                              {"collections", "Ids of collections, separated by commas"},
                                              {"intersects", "A GeoJSON geometry"},
                                              {"query", "JSON: {field: {operator: value}}"}}};

Json described(const Parameter& parameter, std::string_view in) {
    return Json::object({{"name", parameter.name},
                         {"in", in},
                         {"required", in == "path"},
                         {"description", parameter.description},
                         {"schema", Json::object({{"type", parameter.type}})}});
}

Json parameters_of(const DescribedRoute& route) {
    Json list = Json::array();
    for (std::string_view rest = route.path; rest.find('{') != std::string_view::npos;) {
        rest.remove_prefix(rest.find('{') + 1);
        const std::string_view name = rest.substr(0, rest.find('}'));
        list.push(described({name, "Its id"}, "path"));
    }
    const auto add = [&](const auto& some) {
        for (const Parameter& parameter : some)
            list.push(described(parameter, "query"));
    };
    const bool is_search = route.path == "/search" && route.method == "GET";
    const bool is_items = route.act == "stac.items.list";
    if (is_search || is_items || route.act == "stac.collections.list" || route.act == "stac.uploads.list")
        add(kPaging);
    if (is_search || is_items)
        add(kOfItems);
    if (is_search)
        add(kOfSearch);
    if (route.act == "stac.collections.list")
        list.push(described({"provider", "Part of the name of a provider"}, "query"));
    if (route.act == "stac.items.create_many") {
        list.push(described({"Idempotency-Key", "Any text"}, "header"));
        list.items().back().set("required", true);
    }
    return list;
}

Json answer(std::string_view description) {
    const Json any = Json::object({{"schema", Json::object({{"type", "object"}})}});
    return Json::object({{"description", description}, {"content", Json::object({{"application/json", any}})}});
}

Json responses_of(const DescribedRoute& route) {
    Json out = Json::object();
    const bool creates = route.method == "PUT" || (route.changes && route.method == "POST");
    if (route.method != "POST" || !route.changes || route.act.ends_with("complete") || route.act.ends_with("abort"))
        out.set("200", answer("Done"));
    if (creates && !route.act.ends_with("complete") && !route.act.ends_with("abort"))
        out.set("201", answer("Created"));
    if (route.method == "GET")
        out.set("304", Json::object({{"description", "The caller has it already"}}));
    out.set("400", answer("What is wrong, by member: {code, description}"));
    if (route.changes)
        out.set("401", answer("Credentials are needed"));
    out.set("404", answer("There is none"));
    if (route.method != "POST")
        out.set("412", Json::object({{"description", "If-Match or If-None-Match does not hold"}}));
    out.set("503", answer("Too much at once; try again after Retry-After"));
    return out;
}

bool has_body(const DescribedRoute& route) {
    return route.method == "PUT" || route.method == "PATCH" || route.method == "POST";
}

Json operation_of(const DescribedRoute& route, std::string_view base) {
    Json out = Json::object({{"operationId", fmt::format("{}{}", base.ends_with("v0.9") ? "v0.9." : "", route.act)},
                             {"summary", route.summary}});
    Json parameters = parameters_of(route);
    if (!parameters.items().empty())
        out.set("parameters", std::move(parameters));
    if (has_body(route)) {
        const Json any = Json::object({{"schema", Json::object({{"type", "object"}})}});
        out.set("requestBody", Json::object({{"content", Json::object({{"application/json", any}})}}));
    }
    out.set("responses", responses_of(route));
    if (route.changes)
        out.set("security",
                Json::array({Json::object({{"basic", Json::array()}}), Json::object({{"token", Json::array()}})}));
    return out;
}

bool is_shown(const DescribedRoute& route, Extent extent) {
    return extent == Extent::All || !route.changes;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    return out;
}

} // namespace

std::string openapi_text(const Dialect& dialect, std::span<const DescribedRoute> routes, Extent extent) {
    Json paths = Json::object();
    for (const DescribedRoute& route : routes) {
        if (!is_shown(route, extent))
            continue;
        Json path = paths[route.path];
        path.set(lower_case(route.method), operation_of(route, dialect.base));
        paths.set(route.path, std::move(path));
    }
    const Json schemes = Json::object(
        {{"basic", Json::object({{"type", "http"}, {"scheme", "basic"}})},
         {"token", Json::object({{"type", "apiKey"},
                                 {"in", "header"},
                                 {"name", "Authorization"},
                                 {"description", "Token KEY, whose KEY POST /api/stac/get-token gives"}})}});
    Json document = Json::object({{"openapi", "3.0.3"},
                                  {"info", Json::object({{"title", kTitle}, {"version", kVersion}})},
                                  {"servers", Json::array({Json::object({{"url", dialect.base}})})},
                                  {"paths", std::move(paths)}});
    if (extent == Extent::All)
        document.set("components", Json::object({{"securitySchemes", schemes}}));
    return document.dump();
}

std::string openapi_page(const Dialect& dialect, std::span<const DescribedRoute> routes, Extent extent) {
    std::string rows;
    for (const DescribedRoute& route : routes)
        if (is_shown(route, extent))
            rows += fmt::format("<tr><td>{}</td><td><code>{}{}</code></td><td>{}</td></tr>\n", route.method,
                                dialect.base, escaped(route.path), escaped(route.summary));
    return fmt::format("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title></head>\n"
                       "<body>\n<h1>{0}</h1>\n<p>For programs: <a href=\"openapi{2}.yaml\">openapi{2}.yaml</a></p>\n"
                       "<table>\n<tr><th>Method</th><th>Path</th><th>What it does</th></tr>\n{1}</table>\n</body>\n"
                       "</html>\n",
                       kTitle, rows, extent == Extent::All ? "transactional" : "");
}

http::Response show_document(const http::Request& request, std::string_view media_type, const std::string& text) {
    http::Response full = http::Response::text(200, std::string(media_type), text);
    allow_everybody(request, full);
    full.headers.set("Cache-Control", "max-age=600, public");
    full.operation = "stac.documents";
    return http::answer_conditionally(request, std::move(full),
                                      {fmt::format("\"{}\"", to_hex(sha256(text)).substr(0, 32))}, refuse_as_stac);
}

} // namespace landfall::stac

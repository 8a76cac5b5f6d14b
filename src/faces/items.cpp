#include "faces/items.hpp"

#include "core/numbers.hpp"
#include "core/suggestion.hpp"
#include "core/text.hpp"
#include "faces/operations.hpp"
#include "faces/wmts.hpp"
#include "http/message/problem.hpp"
#include "schema/fields.hpp"
#include "schema/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <stdexcept>

namespace landfall::faces {
namespace {

constexpr std::string_view kOfViews[] = {
    "profile",    "asset_key", "expression", "bands",     "rescale",          "colormap", "gamma", "contrast",
    "saturation", "nodata",    "resampling", "algorithm", "algorithm_params", "quality",  "v",     "key"};
constexpr std::string_view kOfLegends[] = {"profile",    "asset_key", "expression",       "bands",      "rescale",
                                           "colormap",   "gamma",     "contrast",         "saturation", "nodata",
                                           "resampling", "algorithm", "algorithm_params", "key"};
constexpr std::string_view kOfFeatures[] = {"asset_key", "layer", "v", "key"};
constexpr std::string_view kOfValues[] = {"profile", "asset_key", "expression", "bands", "nodata", "scaled", "key"};
constexpr std::string_view kOfExports[] = {"bbox",       "bbox_crs", "crs",        "width",     "height",
                                           "resolution", "aoi",      "profile",    "asset_key", "expression",
                                           "bands",      "rescale",  "colormap",   "gamma",     "contrast",
                                           "saturation", "nodata",   "resampling", "algorithm", "algorithm_params",
                                           "quality",    "key"};
constexpr std::string_view kOfDocuments[] = {"base_url", "stac_version", "key"};
constexpr std::string_view kOfAssets[] = {"key"};

constexpr operations::GetAddress kTile{"/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.{format}", "items.tile.render",
                                       kOfViews};
constexpr operations::GetAddress kVectorTile{"/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.mvt", "items.tile.vector",
                                             kOfFeatures};
constexpr operations::GetAddress kTileJson{"/api/v1/items/{item_id}/tilejson.json", "items.tile.tilejson", kOfViews};
constexpr operations::GetAddress kLegend{"/api/v1/items/{item_id}/legend.json", "items.legend", kOfLegends};
constexpr operations::GetAddress kPoint{"/api/v1/items/{item_id}/point/{longitude},{latitude}", "items.point",
                                        kOfValues};
constexpr operations::GetAddress kExport{"/api/v1/items/{item_id}/export.{format}", "items.export", kOfExports};
constexpr std::string_view kExportFormats[] = {"png", "jpeg", "jpg", "webp", "cog", "npy"};
constexpr operations::GetAddress kStac{"/api/v1/items/{item_id}/stac.json", "items.get_stac", kOfDocuments};
constexpr operations::GetAddress kStacCollection{"/api/v1/collections/{collection_id}/stac.json",
                                                 "stac.collections.get", kOfDocuments};
constexpr operations::GetAddress kAsset{"/api/v1/items/{item_id}/assets/{asset_id}", "items.asset.download", kOfAssets,
                                        true};
constexpr operations::GetAddress kAddresses[] = {kTile,   kVectorTile, kTileJson,       kLegend, kPoint,
                                                 kExport, kStac,       kStacCollection, kAsset};

/// Text of a path or query as the JSON value its operation wants: a whole number where it is one, else the text, so
/// that the operation's own validation speaks.
Json number_or_text(std::string_view text) {
    const auto number = number_in<std::int64_t>(text);
    return number ? Json(*number) : Json(text);
}

/// The same of any number.
Json decimal_or_text(std::string_view text) {
    const auto number = number_in<double>(text);
    return number && std::isfinite(*number) ? Json(*number) : Json(text);
}

/// What of a tile's file name is no row: `@2x` asks for twice as many pixels, and what follows a dot is the format.
struct TileFile {
    std::string_view row, format;
    bool is_double = false;
};

TileFile parts_of(std::string_view file) {
    TileFile parts;
    const auto dot = file.find('.');
    parts.row = file.substr(0, dot);
    if (dot != std::string_view::npos)
        parts.format = file.substr(dot + 1);
    constexpr std::string_view kDouble = "@2x";
    parts.is_double = parts.row.ends_with(kDouble);
    if (parts.is_double)
        parts.row.remove_suffix(kDouble.size());
    return parts;
}

/// The format that a client would rather have, of those that pictures come in: the first of the best that `Accept`
/// names; WebP where it takes anything.
std::string_view accepted_format(std::string_view accept) {
    constexpr std::pair<std::string_view, std::string_view> kFormats[] = {
        {"image/webp", "webp"}, {"image/png", "png"}, {"image/jpeg", "jpeg"}};
    std::string_view best = "webp";
    double most = 0;
    while (!accept.empty()) {
        const auto end = std::min(accept.find(','), accept.size());
        std::string_view range = accept.substr(0, end);
        accept.remove_prefix(std::min(end + 1, accept.size()));
        const auto quality = range.find(";q=");
        double weight = 1;
        if (quality != std::string_view::npos)
            std::from_chars(range.data() + quality + 3, range.data() + range.size(), weight);
        range = range.substr(0, range.find(';'));
        while (range.starts_with(' '))
            range.remove_prefix(1);
        while (range.ends_with(' '))
            range.remove_suffix(1);
        const auto* const named = std::ranges::find(kFormats, range, [](const auto& each) { return each.first; });
        if (named != std::end(kFormats) && weight > most) {
            most = weight;
            best = named->second;
        }
    }
    return best;
}

const operations::Operation& operation_of(const operations::Dispatcher& dispatcher, std::string_view id) {
    const auto* operation = dispatcher.registry().find(id);
    if (operation == nullptr)
        throw std::logic_error("a GET face runs an operation that is not registered: " + std::string(id));
    return *operation;
}

/// Runs an operation with an input made of path and query.
operations::Outcome run(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                        const http::Request& request, const Json& input) {
    const std::string body = input.dump();
    auto caller = serving::caller_of(request, serving::KeyInQuery::Allowed);
    caller.repeats = true;
    if (operation.spec.id == kTile.operation || operation.spec.id == kTileJson.operation)
        caller.credentials.public_item = ItemId(request.params.at("item_id"));
    return dispatcher.dispatch(operation, {std::move(caller), body, std::nullopt});
}

Json item_input(const http::Request& request, std::initializer_list<std::string_view> query_fields) {
    Json input = Json::object({{"item_id", request.params.at("item_id")}});
    for (const auto name : query_fields)
        if (const auto value = request.query(name))
            input.set(name, *value);
    return input;
}

/// What is drawn and how it looks, which tiles and their description take alike.
Json look_input(const http::Request& request) {
    Json input = item_input(
        request, {"profile", "asset_key", "expression", "bands", "rescale", "colormap", "resampling", "algorithm"});
    for (const std::string_view name : {"gamma", "contrast", "saturation", "nodata"})
        if (const auto value = request.query(name))
            input.set(name, decimal_or_text(*value));
    if (const auto params = request.query("algorithm_params"))
        input.set("algorithm_params", Json::parse(*params).value_or(Json(*params)));
    return input;
}

/// The same with the quality of the picture.
Json view_input(const http::Request& request) {
    Json input = look_input(request);
    if (const auto quality = request.query("quality"))
        input.set("quality", number_or_text(*quality));
    return input;
}

Json tile_input(const http::Request& request) {
    Json input = view_input(request);
    input.set("z", number_or_text(request.params.at("z")));
    input.set("x", number_or_text(request.params.at("x")));
    const TileFile file = parts_of(request.params.at("file"));
    input.set("y", number_or_text(file.row));
    if (file.is_double)
        input.set("size", 512);
    input.set("format",
              file.format.empty() ? accepted_format(request.headers.get("Accept").value_or("")) : file.format);
    if (const auto version = request.query("v"))
        input.set("v", *version);
    return input;
}

/// Whether a tile is one of features: both have one address, as patterns have one field a segment.
bool is_of_features(const http::Request& request) {
    const auto file = request.params.find("file");
    return file != request.params.end() && parts_of(file->second).format == "mvt";
}

/// TileJSON whose tiles carry its key on where that came in the URL: who sends no header for the description sends
/// none for the tiles either.
void carry_key_on(operations::Answer& described, const http::Request& request) {
    const auto by_header = serving::caller_of(request, serving::KeyInQuery::Refused).credentials;
    const auto key = request.query("key");
    auto json = Json::parse(described.bytes);
    if (!key || !by_header.authorization.empty() || !by_header.api_key.empty() || !json)
        return;
    Json tiles = Json::array();
    for (const Json& url : (*json)["tiles"].items())
        tiles.push(url.as_string() + "&key=" + percent_encode(*key));
    json->set("tiles", std::move(tiles));
    described.bytes = json->dump();
}

http::Response get_features(operations::Dispatcher& dispatcher, const http::Request& request) {
    Json input = item_input(request, {"asset_key", "layer", "v"});
    for (const std::string_view name : {"z", "x"})
        input.set(name, number_or_text(request.params.at(std::string(name))));
    input.set("y", number_or_text(parts_of(request.params.at("file")).row));
    const auto& operation = operation_of(dispatcher, kVectorTile.operation);
    return respond(operation, run(dispatcher, operation, request, input), request);
}

http::Response render_tile(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                           const http::Request& request) {
    if (is_of_features(request))
        return get_features(dispatcher, request);
    http::Response response = respond(operation, run(dispatcher, operation, request, tile_input(request)), request);
    if (parts_of(request.params.at("file")).format.empty())
        response.headers.add("Vary", "Accept");
    return response;
}

http::Response describe_tiles(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                              const http::Request& request) {
    auto outcome = run(dispatcher, operation, request, view_input(request));
    if (outcome.answer)
        carry_key_on(*outcome.answer, request);
    return respond(operation, std::move(outcome), request);
}

http::Response describe_colors(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                               const http::Request& request) {
    return respond(operation, run(dispatcher, operation, request, look_input(request)), request);
}

/// Numbers separated by commas as a list; what is none stays text.
Json numbers_in(std::string_view text) {
    Json list = Json::array();
    while (true) {
        const auto comma = std::min(text.find(','), text.size());
        list.push(decimal_or_text(text.substr(0, comma)));
        if (comma == text.size())
            return list;
        text.remove_prefix(comma + 1);
    }
}

http::Response read_point(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                          const http::Request& request) {
    Json input = item_input(request, {"profile", "asset_key", "expression", "bands"});
    if (const auto nodata = request.query("nodata"))
        input.set("nodata", decimal_or_text(*nodata));
    if (const auto scaled = request.query("scaled"))
        input.set("scaled", *scaled == "true" ? Json(true) : *scaled == "false" ? Json(false) : Json(*scaled));
    input.set("coordinates", Json::array({numbers_in(request.params.at("place"))}));
    return respond(operation, run(dispatcher, operation, request, input), request);
}

http::Response export_part(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                           const http::Request& request) {
    Json input = view_input(request);
    for (const std::string_view name : {"bbox_crs", "crs"})
        if (const auto value = request.query(name))
            input.set(name, *value);
    for (const std::string_view name : {"width", "height"})
        if (const auto value = request.query(name))
            input.set(name, number_or_text(*value));
    if (const auto resolution = request.query("resolution"))
        input.set("resolution", decimal_or_text(*resolution));
    if (const auto bbox = request.query("bbox"))
        input.set("bbox", numbers_in(*bbox));
    if (const auto aoi = request.query("aoi"))
        input.set("aoi", Json::parse(*aoi).value_or(Json(*aoi)));
    input.set("format", request.path.substr(request.path.rfind('.') + 1));
    return respond(operation, run(dispatcher, operation, request, input), request);
}

/// A STAC document: what it is of stands in the path.
http::Response get_document(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                            const http::Request& request) {
    Json input = Json::object();
    for (const auto& [name, value] : request.params)
        input.set(name, value);
    for (const std::string_view name : {"base_url", "stac_version"})
        if (const auto value = request.query(name))
            input.set(name, *value);
    return respond(operation, run(dispatcher, operation, request, input), request);
}

http::Response redirect_to_asset(operations::Dispatcher& dispatcher, const operations::Operation& operation,
                                 const http::Request& request) {
    Json input = item_input(request, {});
    input.set("asset_id", request.params.at("asset_id"));
    auto outcome = run(dispatcher, operation, request, input);
    if (!outcome.answer)
        return respond(operation, std::move(outcome), request);
    const auto descriptor = Json::parse(outcome.answer->bytes);
    http::Response response;
    response.status = 302;
    response.headers.set("Location", descriptor ? (*descriptor)["url"].as_string() : "/");
    response.headers.set("Cache-Control", "no-store");
    response.operation = operation.spec.id;
    response.principal = outcome.principal;
    return response;
}

/// Map clients add parameters of their own, so an unknown one is no fault; but a slip of the finger shall be seen.
void warn_of_unknown(const http::Request& request, std::span<const std::string_view> known, http::Response& response) {
    std::vector<std::string> warnings;
    for (const std::string& name : request.query_names()) {
        if (warnings.size() == schema::kMaxNoted)
            break;
        if (std::ranges::find(known, std::string_view(name)) != known.end())
            continue;
        const auto meant = nearest(name, known);
        warnings.push_back(fmt::format("The parameter '{}' is unknown and was ignored{}", name.substr(0, 64),
                                       meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
    }
    tell_warnings(response, warnings);
}

} // namespace

http::Face item_face(operations::Dispatcher& dispatcher) {
    http::Face face({"/api/v1/items/", "/api/v1/collections/"});
    const auto add = [&](std::string_view pattern, const operations::GetAddress& address, const auto& answer) {
        const auto& operation = operation_of(dispatcher, address.operation);
        face.route("GET", std::string(pattern), lane_of(&operation),
                   [&dispatcher, &operation, &address, answer](const http::Request& request) {
                       http::Response response = answer(dispatcher, operation, request);
                       warn_of_unknown(request, is_of_features(request) ? kVectorTile.query : address.query, response);
                       if (request.query("key")) // a link from there must not tell it on
                           response.headers.set("Referrer-Policy", "no-referrer");
                       return response;
                   });
    };
    add("/api/v1/items/{item_id}/tiles/{z}/{x}/{file}", kTile, render_tile); // routes have one field a segment
    add(kTileJson.path, kTileJson, describe_tiles);
    add(kLegend.path, kLegend, describe_colors);
    add("/api/v1/items/{item_id}/point/{place}", kPoint, read_point);
    for (const std::string_view format : kExportFormats)
        add(fmt::format("/api/v1/items/{{item_id}}/export.{}", format), kExport, export_part);
    add(kStac.path, kStac, get_document);
    add(kStacCollection.path, kStacCollection, get_document);
    add(kAsset.path, kAsset, redirect_to_asset);
    add_wmts(face, dispatcher);
    return face;
}

std::span<const operations::GetAddress> item_addresses() {
    return kAddresses;
}

} // namespace landfall::faces

#include "stac/routes/face.hpp"

#include "stac/refusal.hpp"
#include "stac/routes/assets.hpp"
#include "stac/routes/bulk.hpp"
#include "stac/routes/collections.hpp"
#include "stac/routes/files.hpp"
#include "stac/routes/items.hpp"
#include "stac/routes/landing.hpp"
#include "stac/routes/openapi.hpp"
#include "stac/routes/search.hpp"
#include "stac/routes/uploads.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace landfall::stac {
namespace {

using Handler = Result<Reply> (*)(const Asked&);
using http::Lane;
using Effect = admission::SideEffect;

/// What one method of one path does.
struct Row {
    std::string_view path; ///< below the base
    std::string_view method;
    std::string_view act;
    std::string_view summary;
    Handler handler;
    Lane lane = Lane::Interactive;
    bool changes = false;
    Effect effect = Effect::Compute;
    Result<Errand> (*errand)(const Asked&) = nullptr;
    admission::RateClass rate = admission::RateClass::Operations;
};

/// What a row is called.
struct Name {
    std::string_view act;
    std::string_view summary;
};

constexpr Row reads(std::string_view path, Name name, Handler handler, Lane lane = Lane::Interactive) {
    return {.path = path, .method = "GET", .act = name.act, .summary = name.summary, .handler = handler, .lane = lane};
}
constexpr Row changes(std::string_view method, std::string_view path, Name name, Handler handler) {
    return {.path = path,
            .method = method,
            .act = name.act,
            .summary = name.summary,
            .handler = handler,
            .lane = Lane::Commit,
            .changes = true,
            .effect = method == "DELETE" ? Effect::Destructive : Effect::Compute};
}
/// A change that may have to ask another server first.
constexpr Row asks(Row row) {
    row.errand = ask_href;
    row.lane = Lane::Slow;
    return row;
}

/// Bytes on their way: counted by what holds them, not as operations.
constexpr Row uploads(Row row, Result<Errand> (*errand)(const Asked&) = nullptr) {
    row.rate = admission::RateClass::Uncounted;
    row.errand = errand;
    row.lane = errand != nullptr ? Lane::Slow : row.lane;
    return row;
}

constexpr std::string_view kCollections = "/collections";
constexpr std::string_view kCollection = "/collections/{collection}";
constexpr std::string_view kItems = "/collections/{collection}/items";
constexpr std::string_view kItem = "/collections/{collection}/items/{item}";
constexpr std::string_view kItemAssets = "/collections/{collection}/items/{item}/assets";
constexpr std::string_view kItemAsset = "/collections/{collection}/items/{item}/assets/{asset}";
constexpr std::string_view kAssets = "/collections/{collection}/assets";
constexpr std::string_view kAsset = "/collections/{collection}/assets/{asset}";

constexpr std::string_view kItemUploads = "/collections/{collection}/items/{item}/assets/{asset}/uploads";
constexpr std::string_view kItemUpload = "/collections/{collection}/items/{item}/assets/{asset}/uploads/{upload}";
constexpr std::string_view kItemParts = "/collections/{collection}/items/{item}/assets/{asset}/uploads/{upload}/parts";
constexpr std::string_view kItemComplete =
    "/collections/{collection}/items/{item}/assets/{asset}/uploads/{upload}/complete";
constexpr std::string_view kItemAbort = "/collections/{collection}/items/{item}/assets/{asset}/uploads/{upload}/abort";
constexpr std::string_view kUploads = "/collections/{collection}/assets/{asset}/uploads";
constexpr std::string_view kUpload = "/collections/{collection}/assets/{asset}/uploads/{upload}";
constexpr std::string_view kParts = "/collections/{collection}/assets/{asset}/uploads/{upload}/parts";
constexpr std::string_view kComplete = "/collections/{collection}/assets/{asset}/uploads/{upload}/complete";
constexpr std::string_view kAbort = "/collections/{collection}/assets/{asset}/uploads/{upload}/abort";

constexpr std::array kRows{
    reads("/", {"stac.landing", "The landing page"}, get_landing),
    reads("/conformance", {"stac.conformance", "The conformance classes that this API has"}, get_conformance),
    reads("/search", {"stac.search.get", "Search items by parameters of the URL"}, search_by_url, Lane::Search),
    Row{.path = "/search",
        .method = "POST",
        .act = "stac.search.post",
        .summary = "Search items by a body",
        .handler = search_by_body,
        .lane = Lane::Search},
    Row{.path = "/update-extent",
        .method = "POST",
        .act = "stac.update_extent",
        .summary = "Nothing: extents are always up to date",
        .handler = update_extent},
    reads(kCollections, {"stac.collections.list", "The published collections, by id"}, list_collections, Lane::Search),
    reads(kCollection, {"stac.collections.get", "One collection"}, get_collection, Lane::Search),
    changes("PUT", kCollection, {"stac.collections.put", "Create a collection, or replace what it says"},
            put_collection),
    changes("PATCH", kCollection, {"stac.collections.patch", "Change some of what a collection says"},
            patch_collection),
    changes("DELETE", kCollection, {"stac.collections.delete", "Delete a collection without items and assets"},
            delete_collection),
    reads(kItems, {"stac.items.list", "The items of a collection, by id"}, list_items, Lane::Search),
    changes("POST", kItems, {"stac.items.create_many", "Create up to 100 items, all or none"}, create_items),
    reads(kItem, {"stac.items.get", "One item"}, get_item),
    changes("PUT", kItem, {"stac.items.put", "Create an item, or replace what it says"}, put_item),
    changes("PATCH", kItem, {"stac.items.patch", "Change some of what an item says"}, patch_item),
    changes("DELETE", kItem, {"stac.items.delete", "Delete an item without assets"}, delete_item),
    reads(kItemAssets, {"stac.assets.list", "The assets of an item, by id"}, list_assets),
    reads(kItemAsset, {"stac.assets.get", "One asset of an item"}, get_asset),
    asks(changes("PUT", kItemAsset, {"stac.assets.put", "Create an asset of an item, or replace what it says"},
                 put_asset)),
    asks(changes("PATCH", kItemAsset, {"stac.assets.patch", "Change some of what an asset of an item says"},
                 patch_asset)),
    changes("DELETE", kItemAsset, {"stac.assets.delete", "Delete an asset of an item with its file"}, delete_asset),
    reads(kAssets, {"stac.collection_assets.list", "The assets of a collection, by id"}, list_assets),
    reads(kAsset, {"stac.collection_assets.get", "One asset of a collection"}, get_asset),
    asks(changes("PUT", kAsset,
                 {"stac.collection_assets.put", "Create an asset of a collection, or replace what it says"},
                 put_asset)),
    asks(changes("PATCH", kAsset, {"stac.collection_assets.patch", "Change some of what an asset of a collection says"},
                 patch_asset)),
    changes("DELETE", kAsset, {"stac.collection_assets.delete", "Delete an asset of a collection with its file"},
            delete_asset),
    reads(kItemUploads,
          {"stac.uploads.list", "The uploads of an asset of an item, in the order in which they were begun"},
          list_uploads),
    uploads(changes("POST", kItemUploads, {"stac.uploads.create", "Begin an upload in parts"}, create_upload)),
    reads(kItemUpload, {"stac.uploads.get", "One upload"}, get_upload),
    reads(kItemParts, {"stac.uploads.parts", "The parts of an upload that have come"}, list_upload_parts),
    uploads(changes("POST", kItemComplete, {"stac.uploads.complete", "Make the parts the file of the asset"},
                    complete_upload),
            assemble_upload),
    uploads(changes("POST", kItemAbort, {"stac.uploads.abort", "Give an upload up"}, abort_upload)),
    reads(kUploads,
          {"stac.collection_uploads.list",
           "The uploads of an asset of a collection, in the order in which they were begun"},
          list_uploads),
    uploads(changes("POST", kUploads, {"stac.collection_uploads.create", "Begin an upload in parts"}, create_upload)),
    reads(kUpload, {"stac.collection_uploads.get", "One upload"}, get_upload),
    reads(kParts, {"stac.collection_uploads.parts", "The parts of an upload that have come"}, list_upload_parts),
    uploads(changes("POST", kComplete, {"stac.collection_uploads.complete", "Make the parts the file of the asset"},
                    complete_upload),
            assemble_upload),
    uploads(changes("POST", kAbort, {"stac.collection_uploads.abort", "Give an upload up"}, abort_upload)),
};

Change change_of(const Row& row) {
    Change what{.act = row.act, .effect = row.effect, .rate = row.rate};
    if (row.errand != nullptr)
        what.errand = row.errand;
    return what;
}

http::Response run(const Site& site, const Row& row, const http::Request& request) {
    if (!row.changes)
        return read(site, request, row.act, row.handler);
    return change(site, request, change_of(row), row.handler);
}

/// A method that a known path does not have: told to who may call at all.
http::Response refuse_method(const Site& site, const http::Request& request, const std::string& allowed) {
    http::Response response = change(site, request, {.act = "stac.refused"}, [&](const Asked& asked) -> Result<Reply> {
        return method_not_allowed(asked.request.method);
    });
    if (response.status == 405)
        response.headers.set("Allow", allowed);
    return response;
}

void add_rows(http::Face& face, const Site& site) {
    std::map<std::string_view, std::string> known; // methods by path
    for (const Row& row : kRows) {
        known[row.path] += std::string(row.method) + ", ";
        face.route(
            std::string(row.method), std::string(site.dialect.base) + std::string(row.path),
            [&row](const http::Request&) { return row.lane; },
            [&site, &row](const http::Request& request) { return run(site, row, request); },
            [&site, &row](const http::Request& request) {
                return row.changes ? turn_away(site, request, change_of(row)) : std::nullopt;
            });
    }
    for (const auto& [path, methods] : known)
        for (const std::string_view method : {"POST", "PUT", "PATCH", "DELETE"})
            if (methods.find(method) == std::string::npos)
                face.route(std::string(method), std::string(site.dialect.base) + std::string(path), Lane::Commit,
                           [&site, allowed = methods + "HEAD, OPTIONS"](const http::Request& request) {
                               return refuse_method(site, request, allowed);
                           });
    face.route("GET", std::string(site.dialect.base), Lane::Inline,
               [&site](const http::Request& request) { return redirect_to_landing(site, request); });
}

/// The documents that the landing page names, and those that tell of what changes something as well.
void add_documents(http::Face& face, const Dialect& dialect) {
    std::vector<DescribedRoute> routes;
    for (const Row& row : kRows)
        routes.push_back({row.path, row.method, row.act, row.summary, row.changes});
    for (const auto& [suffix, extent] : {std::pair("", Extent::Reading), std::pair("transactional", Extent::All)}) {
        const auto publish = [&](const std::string& name, std::string_view media_type, std::string text) {
            face.route("GET", std::string(dialect.documentation) + name, Lane::Interactive,
                       [text = std::move(text), media_type](const http::Request& request) {
                           return show_document(request, media_type, text);
                       });
        };
        publish(std::string("/openapi") + suffix + ".yaml", kOpenApiType, openapi_text(dialect, routes, extent));
        publish(std::string("/api") + suffix + ".html", "text/html; charset=utf-8",
                openapi_page(dialect, routes, extent));
    }
}

} // namespace

Apis::Apis(const domain::Services& services, admission::Pipeline& pipeline)
    : memory_(services.versions), swisstopo_{services, pipeline, memory_, kSwisstopo},
      swisstopo09_{services, pipeline, memory_, kSwisstopo09} {}

std::vector<http::Face> Apis::faces() {
    http::Face api({"/api/stac/", "/checker", std::string(kSwisstopo.base), std::string(kSwisstopo09.base)},
                   refuse_as_stac);
    add_rows(api, swisstopo_);
    add_rows(api, swisstopo09_);
    const domain::Services& services = swisstopo_.services;
    api.route("POST", "/api/stac/get-token", Lane::Slow,
              [&services](const http::Request& request) { return get_token(services, request); });
    add_documents(api, kSwisstopo);
    add_documents(api, kSwisstopo09);
    api.route("GET", "/checker", Lane::Inline, [](const http::Request& request) { return check(request); });
    // Whatever has a path of its own wins; what nobody has a path for is refused as before.
    http::Face files({"/"});
    for (const char* pattern : {"/{collection}/{asset}", "/{collection}/{item}/{asset}"})
        files.route("GET", pattern, Lane::Interactive,
                    [this](const http::Request& request) { return send_file(swisstopo_, request); });
    return {std::move(api), std::move(files)};
}

} // namespace landfall::stac

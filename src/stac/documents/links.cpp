#include "stac/documents/links.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::stac {
namespace {

constexpr std::string_view kGeoJson = "application/geo+json";

Json with(Json generated, const Json& given) {
    for (const Json& one : given.items())
        generated.push(one);
    return generated;
}

std::string root_url(const Asked& asked) {
    return asked.url("/");
}

Json start(const Asked& asked, std::string self, std::string_view type = "application/json") {
    return Json::array({link("self", std::move(self), type), link("root", root_url(asked))});
}

} // namespace

std::string collection_url(const Asked& asked, std::string_view collection) {
    return asked.url("/collections/" + percent_encode(collection));
}

std::string items_url(const Asked& asked, std::string_view collection) {
    return collection_url(asked, collection) + "/items";
}

std::string item_url(const Asked& asked, std::string_view collection, std::string_view item) {
    return items_url(asked, collection) + "/" + percent_encode(item);
}

std::string owner_url(const Asked& asked, const AssetOwner& owner) {
    return owner.item.empty() ? collection_url(asked, owner.collection) : item_url(asked, owner.collection, owner.item);
}

std::string assets_url(const Asked& asked, const AssetOwner& owner) {
    return owner_url(asked, owner) + "/assets";
}

std::string asset_url(const Asked& asked, const AssetOwner& owner, std::string_view asset) {
    return assets_url(asked, owner) + "/" + percent_encode(asset);
}

std::string file_url(const Asked& asked, const AssetOwner& owner, std::string_view asset) {
    std::string url = asked.cx.origin() + "/" + percent_encode(owner.collection);
    if (!owner.item.empty())
        url += "/" + percent_encode(owner.item);
    return url + "/" + percent_encode(asset);
}

Json link(std::string_view rel, std::string href, std::string_view type) {
    return Json::object({{"rel", rel}, {"href", std::move(href)}, {"type", type}});
}

Json landing_links(const Asked& asked) {
    const std::string documents = asked.cx.origin() + std::string(asked.dialect().documentation);
    const auto search = [&](std::string_view method) {
        Json one = link("search", asked.url("/search"), kGeoJson);
        one.set("method", method);
        return one;
    };
    return Json::array(
        {link("root", root_url(asked)), link("self", root_url(asked)),
         link("service-doc", documents + "/api.html", "text/html"),
         link("service-desc", documents + "/openapi.yaml", "application/vnd.oai.openapi+yaml;version=3.0"),
         link("conformance", asked.url("/conformance")), link("data", asked.url("/collections")), search("GET"),
         search("POST")});
}

Json collections_links(const Asked& asked) {
    Json links = start(asked, asked.url("/collections"));
    links.push(link("parent", root_url(asked)));
    return links;
}

Json collection_links(const Asked& asked, std::string_view collection, const Json& given) {
    Json links = start(asked, collection_url(asked, collection));
    links.push(link("parent", root_url(asked)));
    links.push(link("items", items_url(asked, collection), kGeoJson));
    if (asked.dialect().links_collection_assets)
        links.push(link("assets", collection_url(asked, collection) + "/assets"));
    return with(std::move(links), given);
}

Json items_links(const Asked& asked, std::string_view collection) {
    Json links = start(asked, items_url(asked, collection), kGeoJson);
    links.push(link("parent", collection_url(asked, collection)));
    links.push(link("collection", collection_url(asked, collection)));
    return links;
}

Json item_links(const Asked& asked, std::string_view collection, std::string_view item, const Json& given) {
    Json links = start(asked, item_url(asked, collection, item), kGeoJson);
    links.push(link("parent", collection_url(asked, collection)));
    links.push(link("collection", collection_url(asked, collection)));
    return with(std::move(links), given);
}

Json assets_links(const Asked& asked, const AssetOwner& owner) {
    Json links = start(asked, assets_url(asked, owner));
    links.push(link("parent", owner_url(asked, owner)));
    links.push(link("collection", collection_url(asked, owner.collection)));
    if (!owner.item.empty())
        links.push(link("item", owner_url(asked, owner), kGeoJson));
    return links;
}

Json asset_links(const Asked& asked, const AssetOwner& owner, std::string_view asset) {
    Json links = assets_links(asked, owner);
    links.items().front().set("href", asset_url(asked, owner, asset));
    return links;
}

Json search_links(const Asked& asked) {
    Json links = start(asked, asked.url("/search"), kGeoJson);
    links.push(link("parent", root_url(asked)));
    return links;
}

Reply deleted(std::string_view name, std::string parent) {
    const Json links = Json::array({Json::object({{"rel", "parent"}, {"href", std::move(parent)}})});
    const std::string said = fmt::format("{} successfully deleted", name);
    return {.body = Json::object({{"code", 200}, {"description", said}, {"links", links}}).dump()};
}

} // namespace landfall::stac

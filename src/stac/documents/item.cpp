#include "stac/documents/item.hpp"

#include "stac/documents/asset.hpp"
#include "stac/documents/etag.hpp"
#include "stac/documents/links.hpp"
#include "stac/documents/object_text.hpp"

#include <algorithm>
#include <array>

namespace landfall::stac {
namespace {

constexpr std::string_view kTimestamps = "https://stac-extensions.github.io/timestamps/v1.1.0/schema.json";
constexpr std::string_view kForecast = "https://stac-extensions.github.io/forecast/v0.2.0/schema.json";
constexpr std::string_view kForecasting = "ch.meteoschweiz.ogd-forecasting-icon"; ///< its collections begin so
constexpr std::string_view kReferenceTime = "forecast:reference_datetime";
constexpr std::array<std::string_view, 5> kForecastMembers{kReferenceTime, "forecast:horizon", "forecast:duration",
                                                           "forecast:variable", "forecast:perturbed"};

Json extensions_of(std::string_view collection) {
    Json list = Json::array({kTimestamps});
    if (collection.starts_with(kForecasting))
        list.push(kForecast);
    return list;
}

/// A time as documents have it; it is stored at a width by which texts compare.
Json shown_time(const Json& stored) {
    const auto at = parse_rfc3339(stored.as_view());
    return at ? Json(moment(*at)) : stored;
}

std::string properties_text(const catalog::ShownItem& item) {
    const Json given = item.properties.size() > 2 ? Json::parse(item.properties).value_or(Json()) : Json();
    ObjectText out;
    const bool interval = item.start_datetime && item.end_datetime;
    if (!interval)
        out.add("datetime", item.datetime.value_or(item.created_at));
    else
        out.add("start_datetime", item.start_datetime).add("end_datetime", item.end_datetime);
    out.add("title", title_of(item, given));
    out.add("created", item.created_at).add("updated", item.updated_at).add("expires", item.view_expires_at);
    for (const std::string_view name : kForecastMembers)
        if (const Json* value = given.find(name); value != nullptr && !value->is_null())
            out.add(name, name == kReferenceTime ? shown_time(*value) : *value);
    return std::move(out).text();
}

} // namespace

std::optional<std::string> title_of(const catalog::ShownItem& item, const Json& properties) {
    if (item.name != item.stac_id)
        return item.name;
    const Json* title = properties.find("title");
    return title != nullptr && title->is_string() ? std::optional(title->as_string()) : std::nullopt;
}

std::string item_document(const Asked& asked, std::string_view collection, const catalog::ShownItem& item,
                          std::span<const catalog::AssetRow> assets) {
    ObjectText out;
    out.add("id", item.stac_id).add("collection", Json(collection)).add("type", Json("Feature"));
    out.add("stac_version", Json(asked.dialect().stac_version));
    out.add_raw("geometry", item.geometry ? *item.geometry : "null");
    if (item.bbox)
        out.add("bbox", Json::array({item.bbox->west, item.bbox->south, item.bbox->east, item.bbox->north}));
    out.add_raw("properties", properties_text(item)).add("stac_extensions", extensions_of(collection));
    const Json given = item.links ? Json::parse(*item.links).value_or(Json()) : Json();
    out.add("links", item_links(asked, collection, item.stac_id, pruned(given)));
    out.add_raw("assets", embedded_assets(asked, {std::string(collection), item.stac_id}, assets));
    return std::move(out).text();
}

Result<std::vector<std::string>> item_documents(const Asked& asked, const std::vector<catalog::ShownItem>& items) {
    std::vector<ItemId> ids;
    for (const auto& item : items)
        ids.push_back(item.id);
    TRY(const auto assets, catalog::list_files_of_items(asked.session(), asked.project.organization_id, ids));
    std::vector<std::string> documents;
    for (const auto& item : items) {
        const auto [first, last] = std::ranges::equal_range(assets, item.id, {}, &catalog::AssetRow::item_id);
        documents.push_back(item_document(
            asked, item.collection_stac_id.empty() ? kUncollected : std::string_view(item.collection_stac_id), item,
            std::span(first, last)));
    }
    return documents;
}

Result<std::string> item_document(const Asked& asked, const catalog::ShownItem& item) {
    TRY(auto documents, item_documents(asked, {item}));
    return std::move(documents.front());
}

std::string etag_of(const catalog::ShownItem& item) {
    return change_tag({item.id.str(), item.version});
}

} // namespace landfall::stac

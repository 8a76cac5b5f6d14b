#include "catalog/search/collection_extents.hpp"
#include "catalog/search/item_search.hpp"
#include "domain/items/collections.hpp"
#include "domain/search/stac_search.hpp"
#include "domain/stac/collection_document.hpp"
#include "domain/stac/item_document.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kFilterLanguages[] = {"cql2-json"};
constexpr std::string_view kFeatureCollection[] = {"FeatureCollection"};

/// How every STAC answer is shown.
struct StacView {
    std::string base_url;
    domain::StacVersion stac_version = domain::StacVersion::V1_0_0;
};

constexpr auto describe(schema::Of<StacView>) {
    using schema::field;
    return schema::fields(
        field("base_url", &StacView::base_url, {.text = "Prefix of the links; the server's own if empty"}),
        field("stac_version", &StacView::stac_version, {.text = "Of the documents"}));
}

struct SearchInput : StacView {
    std::optional<std::vector<std::string>> collections, ids;
    std::optional<std::string> datetime;
    std::optional<std::vector<domain::SortTerm>> sortby;
    std::int64_t limit = 10, page = 0;
    std::optional<schema::JsonObject> filter;
    std::optional<std::string> filter_lang = "cql2-json";
    std::optional<std::vector<double>> bbox;
    std::optional<schema::JsonObject> intersects;
};

constexpr auto describe(schema::Of<SearchInput>) {
    using schema::field;
    using T = SearchInput;
    return schema::joined(
        describe(schema::Of<StacView>{}),
        schema::fields(
            field("collections", &T::collections, {.text = "STAC ids of collections", .max_items = 1000}),
            field("ids", &T::ids, {.text = "STAC ids of items", .max_items = 10'000}),
            field("datetime", &T::datetime, {.text = "An instant, or a/b with .. for an open end"}),
            field("sortby", &T::sortby, {.text = "Fields of documents, e.g. datetime, eo:cloud_cover", .max_items = 8}),
            field("limit", &T::limit, {.text = "Items a page", .min = 1, .max = 10'000}),
            field("page", &T::page, {.text = "The first is 0", .min = 0}),
            field("filter", &T::filter,
                  {.text = "CQL2-JSON, e.g. {\"op\": \"<\", \"args\": [{\"property\": "
                           "\"eo:cloud_cover\"}, 10]}"}),
            field("filter-lang", &T::filter_lang, {.one_of = kFilterLanguages}),
            field("bbox", &T::bbox,
                  {.text = "West, south, east, north in degrees, EPSG:4326", .min_items = 4, .max_items = 6}),
            field("intersects", &T::intersects, {.text = "A GeoJSON geometry; not together with bbox"})));
}

/// A page that follows or precedes: the same call with these members of its body replaced.
struct StacPageBody {
    std::int64_t page = 0;
};

constexpr auto describe(schema::Of<StacPageBody>) {
    return schema::fields(schema::field("page", &StacPageBody::page, {.required = true}));
}

struct StacPageLink {
    std::string rel, href;
    std::string type = "application/json", method = "POST";
    bool merge = true;
    StacPageBody body;
};

constexpr auto describe(schema::Of<StacPageLink>) {
    using schema::field;
    using T = StacPageLink;
    return schema::fields(field("rel", &T::rel, {.required = true}), field("href", &T::href, {.required = true}),
                          field("type", &T::type), field("method", &T::method),
                          field("merge", &T::merge, {.text = "The body is merged into that of this call"}),
                          field("body", &T::body));
}

struct StacSearchOutput {
    std::string type = "FeatureCollection";
    std::vector<schema::RawOf<schema::JsonObject>> features;
    std::int64_t numberMatched = 0, numberReturned = 0;
    std::vector<StacPageLink> links;
};

constexpr auto describe(schema::Of<StacSearchOutput>) {
    using schema::field;
    using T = StacSearchOutput;
    return schema::fields(field("type", &T::type, {.required = true, .one_of = kFeatureCollection}),
                          field("features", &T::features, {.required = true}),
                          field("numberMatched", &T::numberMatched, {.text = "All matches, exact", .required = true}),
                          field("numberReturned", &T::numberReturned, {.text = "On this page", .required = true}),
                          field("links", &T::links, {.text = "next and prev, where there are such", .required = true}));
}

constexpr OperationSpec kSearch{
    .id = "stac.search",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Find items of the organization in the words of STAC, as STAC Features.",
    .unknown_fields = schema::Unknown::Refused,
};

domain::StacTerms terms_of(const SearchInput& in) {
    domain::StacTerms terms;
    terms.collections = in.collections;
    terms.ids = in.ids;
    terms.datetime = in.datetime;
    terms.sortby = in.sortby.value_or(std::vector<domain::SortTerm>());
    terms.limit = in.limit;
    terms.page = in.page;
    terms.bbox = in.bbox;
    if (in.filter)
        terms.filter = in.filter->value;
    if (in.intersects)
        terms.intersects = in.intersects->value;
    return terms;
}

std::vector<StacPageLink> page_links(const SearchInput& in, std::int64_t matched, const std::string& base) {
    const auto link = [&](std::string_view rel, std::int64_t page) {
        return StacPageLink{.rel = std::string(rel), .href = base + "/v1/op/stac.search", .body = {page}};
    };
    std::vector<StacPageLink> links;
    const std::int64_t pages = (matched + in.limit - 1) / in.limit;
    if (in.page < pages - 1)
        links.push_back(link("next", in.page + 1));
    if (in.page > 0)
        links.push_back(link("prev", std::min(in.page, std::max<std::int64_t>(1, pages)) - 1));
    return links;
}

Result<StacSearchOutput> search(domain::Context& cx, const SearchInput& in) {
    TRY(const auto base, domain::checked_base_url(cx, in.base_url));
    TRY(const auto query, domain::make_stac_query(cx, terms_of(in)));
    TRY(const auto found, catalog::search_items(cx.session, query, cx.services.search_counts));
    StacSearchOutput page;
    page.features.reserve(found.texts.size());
    for (const auto& text : found.texts)
        page.features.push_back({domain::show_document(text, in.stac_version, {base, cx.origin()})});
    page.numberMatched = found.matched;
    page.numberReturned = std::ssize(found.texts);
    page.links = page_links(in, found.matched, base);
    return page;
}

using StacCollectionsListInput = schema::Named<StacView, "StacCollectionsListInput">;

struct StacCollectionsListOutput {
    std::vector<schema::RawOf<schema::JsonObject>> collections;
    std::vector<schema::JsonObject> links;
};

constexpr auto describe(schema::Of<StacCollectionsListOutput>) {
    using schema::field;
    return schema::fields(field("collections", &StacCollectionsListOutput::collections, {.required = true}),
                          field("links", &StacCollectionsListOutput::links, {.required = true}));
}

constexpr OperationSpec kListCollections{
    .id = "stac.collections.list",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List the organization's collections as STAC Collections, with what their items cover.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<StacCollectionsListOutput> list_collections(domain::Context& cx, const StacCollectionsListInput& in) {
    TRY(const auto base, domain::checked_base_url(cx, in.base_url));
    TRY(const auto projects, domain::readable_projects(cx));
    TRY(const auto found,
        catalog::list_collection_extents(cx.session, cx.principal.organization_id, projects, cx.services.extents));
    StacCollectionsListOutput page;
    page.collections.reserve(found.size());
    for (const auto& entry : found)
        page.collections.push_back({domain::collection_document(entry, in.stac_version, {base, cx.origin()})});
    page.links.push_back({Json::object({{"rel", "self"},
                                        {"href", base + "/v1/op/stac.collections.list"},
                                        {"type", "application/json"},
                                        {"method", "POST"}})});
    return page;
}

struct StacCollectionsGetInput : StacView {
    CollectionId collection_id;
};

constexpr auto describe(schema::Of<StacCollectionsGetInput>) {
    return schema::joined(
        schema::fields(schema::field("collection_id", &StacCollectionsGetInput::collection_id, {.required = true})),
        describe(schema::Of<StacView>{}));
}

constexpr OperationSpec kGetCollection{
    .id = "stac.collections.get",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one collection as a STAC Collection.",
    .is_extension = true,
};

Result<schema::RawOf<schema::JsonObject>> get_collection(domain::Context& cx, const StacCollectionsGetInput& in) {
    TRY(const auto base, domain::checked_base_url(cx, in.base_url));
    TRY(const auto row, domain::require_collection(cx, in.collection_id));
    TRY(const auto extent, catalog::find_extent(cx.session, row, cx.services.extents));
    return schema::RawOf<schema::JsonObject>{
        domain::collection_document({row, extent}, in.stac_version, {base, cx.origin()})};
}

} // namespace

void add_stac(Registry& registry) {
    registry.read(kSearch, search, Pace::Search);
    registry.read(kListCollections, list_collections, Pace::Search);
    registry.read(kGetCollection, get_collection, Pace::Search);
}

} // namespace landfall::operations

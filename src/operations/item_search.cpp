#include "catalog/search/item_paging.hpp"
#include "domain/items/item_record.hpp"
#include "domain/items/page_token.hpp"
#include "domain/items/search.hpp"
#include "domain/stac/links.hpp"
#include "domain/tenancy/access.hpp"
#include "operations/paging.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kFormats[] = {"stac"};

/// What every search of items takes.
struct OrgItemSearchInput {
    std::optional<std::vector<double>> bbox;
    std::optional<std::string> datetime;
    std::optional<std::vector<std::string>> collections;
    std::optional<std::string> type;
    std::optional<schema::JsonObject> query;
    std::optional<std::vector<domain::SortTerm>> sortby;
    std::int64_t limit = 100, offset = 0;
    std::optional<std::string> page_token, format, base_url;
};

constexpr auto describe(schema::Of<OrgItemSearchInput>) {
    using schema::field;
    using T = OrgItemSearchInput;
    return schema::fields(
        field("bbox", &T::bbox,
              {.text = "West, south, east, north in degrees, EPSG:4326", .min_items = 4, .max_items = 4}),
        field("datetime", &T::datetime, {.text = "An instant, or a/b with .. for an open end"}),
        field("collections", &T::collections, {.text = "Collection ids", .max_items = 1000}),
        field("type", &T::type, {.one_of = domain::kItemTypeFilters}),
        field("query", &T::query,
              {.text = "{property: {operator: value}}; eq, neq, lt, lte, gt, gte, in, startsWith, endsWith, contains"}),
        field("sortby", &T::sortby, {.text = "[{field, direction}], direction asc or desc"}),
        field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}),
        field("page_token", &T::page_token, kPageToken),
        field("format", &T::format, {.text = "stac: whole STAC Features with assets", .one_of = kFormats}),
        field("base_url", &T::base_url, {.text = "Prefix of the links of STAC Features"}));
}

struct ProjectItemSearchInput : OrgItemSearchInput {
    ProjectId project_id;
};

constexpr auto describe(schema::Of<ProjectItemSearchInput>) {
    return schema::joined(
        schema::fields(schema::field("project_id", &ProjectItemSearchInput::project_id, {.required = true})),
        describe(schema::Of<OrgItemSearchInput>{}));
}

struct FeatureCollectionOutput {
    std::string type = "FeatureCollection";
    std::vector<schema::RawOf<schema::JsonObject>> features;
    std::int64_t numberMatched = 0;
    std::optional<std::string> next_token;
};

constexpr auto describe(schema::Of<FeatureCollectionOutput>) {
    using schema::field;
    using T = FeatureCollectionOutput;
    return schema::fields(field("type", &T::type, {.required = true}),
                          field("features", &T::features, {.required = true}),
                          field("numberMatched", &T::numberMatched, {.text = "All matches, exact", .required = true}),
                          field("next_token", &T::next_token, kNextToken));
}

constexpr OperationSpec kSearch{
    .id = "items.search",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Find items of a project by place, time, collection, type and properties.",
    .unknown_fields = schema::Unknown::Refused,
};

constexpr OperationSpec kSearchOrganization{
    .id = "items.search_org",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Find items of every project of the organization that the caller may read.",
    .unknown_fields = schema::Unknown::Refused,
};

/// What decides which items a search finds, and in which order.
template<typename Input>
std::string question_of(Input in) {
    in.limit = in.offset = 0;
    in.page_token = in.format = in.base_url = std::nullopt;
    return schema::to_json_text(in);
}

/// A search of the projects, or of every one of the caller's organization.
Result<FeatureCollectionOutput> find(domain::Context& cx, const OrgItemSearchInput& in, const std::string& question,
                                     std::optional<std::vector<ProjectId>> projects) {
    domain::SearchTerms terms;
    terms.bbox = in.bbox;
    terms.datetime = in.datetime;
    terms.collections = in.collections;
    terms.type = in.type;
    if (in.query)
        terms.query = in.query->value;
    terms.sortby = in.sortby.value_or(std::vector<domain::SortTerm>());
    terms.limit = in.limit;
    terms.offset = in.offset;
    TRY(auto query, domain::make_query(terms));
    query.organization_id = cx.principal.organization_id;
    query.projects = std::move(projects);
    TRY(const auto after, domain::read_page_token(cx, question, in.page_token, in.offset));
    const bool stac = in.format == "stac";
    query.text = stac ? catalog::ItemText::Document : catalog::ItemText::Record;
    TRY(const auto base, domain::checked_base_url(cx, in.base_url));
    const std::string& origin = cx.origin();
    TRY(auto found, catalog::search_page(cx.session, query, after, cx.services.search_counts));
    FeatureCollectionOutput page;
    page.numberMatched = found.matched;
    page.next_token = domain::page_token(cx, question, found.end);
    page.features.reserve(found.texts.size());
    for (auto& text : found.texts)
        page.features.push_back({stac ? domain::with_origins(text, {base, origin}) : std::move(text)});
    return page;
}

Result<FeatureCollectionOutput> search(domain::Context& cx, const ProjectItemSearchInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Viewer));
    return find(cx, in, question_of(in), std::vector{project.id});
}

Result<FeatureCollectionOutput> search_organization(domain::Context& cx, const OrgItemSearchInput& in) {
    TRY(auto projects, domain::readable_projects(cx));
    return find(cx, in, question_of(in), std::move(projects));
}

} // namespace

void add_item_search(Registry& registry) {
    registry.read(kSearch, search, Pace::Search);
    registry.read(kSearchOrganization, search_organization, Pace::Search);
}

} // namespace landfall::operations

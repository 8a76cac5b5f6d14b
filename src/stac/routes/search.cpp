#include "stac/routes/search.hpp"

#include "catalog/search/item_paging.hpp"
#include "stac/documents/links.hpp"
#include "stac/input/search_terms.hpp"
#include "stac/paging/window.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/collections.hpp"

#include <algorithm>
#include <charconv>

namespace landfall::stac {
namespace {

using catalog::Comparison;
using catalog::ItemFilter;

ItemFilter condition(std::string_view column, Comparison comparison, std::vector<catalog::FilterValue> values) {
    ItemFilter filter;
    filter.kind = ItemFilter::Kind::Condition;
    filter.condition = {{std::string(column), {}}, comparison, std::move(values)};
    return filter;
}

ItemFilter group(ItemFilter::Kind kind, std::vector<ItemFilter> parts) {
    ItemFilter filter;
    filter.kind = kind;
    filter.parts = std::move(parts);
    return filter;
}

catalog::ItemQuery query_of(const Asked& asked) {
    catalog::ItemQuery query;
    query.organization_id = asked.project.organization_id;
    query.projects = {asked.project.id};
    return query;
}

/// Leaves out what has expired, where anything has.
Status hide_ended(const Asked& asked, catalog::ItemQuery& query) {
    TRY(const bool any, catalog::has_ended_views(asked.session(), asked.project.id, asked.cx.now));
    if (any)
        query.filters.push_back(
            group(ItemFilter::Kind::Or, {condition("view_expires_at", Comparison::IsNull, {}),
                                         condition("view_expires_at", Comparison::Gt, {to_micros(asked.cx.now)})}));
    return {};
}

std::vector<catalog::FilterValue> values_of(const std::vector<CollectionId>& ids) {
    std::vector<catalog::FilterValue> values;
    for (const auto& id : ids)
        values.emplace_back(id.str());
    return values;
}

/// Only what lies in published collections, or in none.
Status hide_unpublished(const Asked& asked, catalog::ItemQuery& query) {
    TRY(const auto hidden, catalog::list_unpublished(asked.session(), query.organization_id, asked.project.id));
    if (!hidden.empty())
        query.filters.push_back(
            group(ItemFilter::Kind::Not, {condition("collection", Comparison::In, values_of(hidden))}));
    return {};
}

Status ask_collections(const Asked& asked, const std::vector<std::string>& wanted, catalog::ItemQuery& query) {
    std::vector<CollectionId> ids;
    for (const std::string& stac_id : wanted) {
        TRY(const auto row,
            catalog::find_collection_by_stac_id(asked.session(), query.organization_id, asked.project.id, stac_id));
        if (row && row->is_published)
            ids.push_back(row->id);
    }
    const bool loose = std::ranges::find(wanted, kUncollected) != wanted.end();
    if (!loose)
        query.collections = std::move(ids);
    else if (ids.empty())
        query.uncollected = true;
    else
        query.filters.push_back(group(ItemFilter::Kind::Or, {condition("collection", Comparison::In, values_of(ids)),
                                                             condition("collection", Comparison::IsNull, {})}));
    return {};
}

Result<catalog::ItemQuery> make_query(const Asked& asked, SearchTerms terms) {
    catalog::ItemQuery query = query_of(asked);
    if (!terms.ids.empty()) {
        query.stac_ids = std::move(terms.ids);
    } else {
        query.bbox = terms.bbox;
        query.intersects = std::move(terms.intersects);
        query.filters = std::move(terms.filters);
        if (terms.datetime)
            ask_time(query, *terms.datetime);
        if (!terms.collections.empty())
            CHECK_OK(ask_collections(asked, terms.collections, query));
    }
    if (!query.collections)
        CHECK_OK(hide_unpublished(asked, query));
    CHECK_OK(hide_ended(asked, query));
    return query;
}

/// In creation order.
Fetch in_creation_order(const Asked& asked, const catalog::ItemQuery& query) {
    return [&asked, query](const Cursor& from, std::int64_t limit) -> Result<std::vector<std::int64_t>> {
        catalog::ItemQuery page = query;
        page.sort = {{{"created_at", {}}, from.backwards}};
        page.limit = limit - 1; // one more is found than asked for
        std::optional<catalog::ItemCursor> after;
        if (!from.keys.empty()) {
            std::int64_t micros = 0;
            std::from_chars(from.keys[0].data(), from.keys[0].data() + from.keys[0].size(), micros);
            after = catalog::ItemCursor{{micros, from.keys[1]}};
        }
        return catalog::search_numbers(asked.session(), page, after);
    };
}

std::vector<std::string> creation_keys(const catalog::ShownItem& item) {
    return {std::to_string(to_micros(item.created_at)), item.id.str()};
}

Result<Window> search(const Asked& asked, const Json& members, const PageRequest& page) {
    TRY(auto terms, read_search(members));
    TRY(const auto query, make_query(asked, std::move(terms)));
    return read_window(asked, page, in_creation_order(asked, query), creation_keys);
}

/// `next` and `previous` of a search by POST: what is to be merged into its body.
void add_body_links(const Asked& asked, const PageRequest& page, const Neighbours& around, Json& links) {
    const auto add = [&](std::string_view rel, const std::optional<Cursor>& cursor) {
        if (!cursor)
            return;
        Json body = Json::object({{"cursor", cursor_text(asked, asked.request.path, *cursor)}});
        if (page.limit_text)
            body.set("limit", page.limit);
        links.push(Json::object({{"rel", rel},
                                 {"href", asked.url("/search")},
                                 {"method", "POST"},
                                 {"merge", true},
                                 {"body", std::move(body)}}));
    };
    add("next", around.next);
    add("previous", around.previous);
}

/// How a body asks for its page.
Result<PageRequest> page_of_body(const Asked& asked, const Json& body) {
    PageRequest page;
    page.limit_text = asked.request.query("limit");
    std::optional<std::string> limit = page.limit_text;
    if (const Json* given = body.find("limit"))
        limit = given->is_string() ? given->as_string() : given->dump();
    TRY(page.limit, read_limit(limit));
    const Json& cursor = body["cursor"];
    if (cursor.is_string() && !cursor.as_view().empty()) {
        TRY(page.from, read_cursor(asked, asked.request.path, cursor.as_string(), 2));
    } else if (!cursor.is_null() && !cursor.is_string()) {
        return not_found("Invalid cursor");
    }
    return page;
}

/// A filter of the list, whose fault is an array of one sentence.
template<typename T>
Result<T> listed(Result<T> read) {
    if (read || read.error().code == Code::Unsupported)
        return read;
    return refuse_listed(read.error().message);
}

Status ask_list(const Asked& asked, catalog::ItemQuery& query) {
    const Json members = members_of_url([&](std::string_view name) { return asked.request.query(name); });
    if (const Json* bbox = members.find("bbox")) {
        TRY(query.bbox, listed(read_bbox(*bbox)));
    }
    if (const Json* datetime = members.find("datetime")) {
        TRY(const auto time, listed(read_datetime(datetime->as_view())));
        ask_time(query, time);
    }
    return {};
}

/// In the order of STAC ids, among those that the query asks for.
Fetch in_id_order(const Asked& asked, const catalog::ItemQuery& query) {
    return [&asked, query](const Cursor& from, std::int64_t limit) -> Result<std::vector<std::int64_t>> {
        catalog::ItemQuery page = query;
        page.sort = {{{"stac_id", {}}, from.backwards}};
        page.limit = limit - 1; // one more is found than asked for
        std::optional<catalog::ItemCursor> after;
        if (!from.keys.empty()) // the id breaks no tie, for there is none: it lies past all, or before
            after = catalog::ItemCursor{{from.keys[0], std::string(from.backwards ? "" : "~")}};
        return catalog::search_numbers(asked.session(), page, after);
    };
}

Fetch plainly(const Asked& asked, const catalog::CollectionRow& collection) {
    catalog::StacIdPage page{collection.organization_id, collection.project_id, std::nullopt, "", false, asked.cx.now};
    if (!collection.id.empty())
        page.collection_id = collection.id;
    return [&asked, page](const Cursor& from, std::int64_t limit) mutable {
        page.from = from.keys.empty() ? std::string() : from.keys[0];
        page.backwards = from.backwards;
        page.limit = limit;
        return catalog::list_by_stac_id(asked.session(), page);
    };
}

} // namespace

Result<Reply> list_items(const Asked& asked) {
    TRY(const auto collection, require_collection(asked));
    TRY(const PageRequest page, read_page(asked, 1));
    catalog::ItemQuery query = query_of(asked);
    if (collection.id.empty())
        query.uncollected = true;
    else
        query.collections = {collection.id};
    CHECK_OK(ask_list(asked, query));
    const bool is_plain = !query.bbox && !query.datetime;
    if (!is_plain)
        CHECK_OK(hide_ended(asked, query));
    TRY(const Window window, read_window(asked, page, is_plain ? plainly(asked, collection) : in_id_order(asked, query),
                                         [](const catalog::ShownItem& item) { return std::vector{item.stac_id}; }));
    Json links = items_links(asked, collection.stac_id);
    add_page_links(asked, asked.request.path, window.around, links);
    TRY(auto body, feature_collection(asked, window, links));
    return Reply{.body = std::move(body), .cache_control = collection.cache_control};
}

Result<Reply> search_by_url(const Asked& asked) {
    const Json members = members_of_url([&](std::string_view name) { return asked.request.query(name); });
    TRY(const PageRequest page, read_page(asked, 2));
    TRY(const Window window, search(asked, members, page));
    Json links = search_links(asked);
    add_page_links(asked, asked.request.path, window.around, links);
    TRY(auto body, feature_collection(asked, window, links));
    return Reply{.body = std::move(body), .caching = Caching::Listing};
}

Result<Reply> search_by_body(const Asked& asked) {
    TRY(const Json members, asked.body());
    TRY(const PageRequest page, page_of_body(asked, members));
    TRY(const Window window, search(asked, members, page));
    Json links = search_links(asked);
    add_body_links(asked, page, window.around, links);
    TRY(auto body, feature_collection(asked, window, links));
    return Reply{.body = std::move(body), .caching = Caching::Unsaid};
}

} // namespace landfall::stac

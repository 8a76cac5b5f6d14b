#include "domain/search/stac_search.hpp"

#include "catalog/items/collection.hpp"
#include "domain/search/cql2.hpp"
#include "domain/search/cql2_values.hpp"
#include "domain/search/queryables.hpp"
#include "domain/tenancy/access.hpp"
#include "geo/geojson.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

/// No organization has as many items; sums with it stay in 64 bits.
constexpr std::int64_t kFarthestOffset = 1LL << 40U;
constexpr std::size_t kMaxFieldName = 1024; ///< bytes

Status set_place(catalog::ItemQuery& query, const StacTerms& terms) {
    if (terms.bbox && terms.intersects)
        return fail_field("intersects", "bbox and intersects exclude each other; leave one of them out");
    if (terms.bbox) {
        TRY(const geo::Bbox box, geo::parse_bbox(*terms.bbox));
        query.bbox = geo::Bounds{box[0], box[1], box[2], box[3]};
    }
    if (terms.intersects) {
        auto shape = shape_value(*terms.intersects);
        if (!shape)
            return fail_field("intersects", shape.error().message);
        query.intersects = *std::move(shape);
    }
    return {};
}

/// What must hold in any case becomes terms of the query, which indexes answer, as far as there is one of each.
void narrow(catalog::ItemQuery& query, catalog::ItemFilter filter) {
    using Kind = catalog::ItemFilter::Kind;
    if (filter.kind == Kind::And) {
        for (auto& part : filter.parts)
            narrow(query, std::move(part));
    } else if (filter.kind == Kind::Touches && !query.bbox && !query.intersects) {
        query.intersects = std::move(filter.shape);
    } else if (filter.kind == Kind::During && !query.datetime) {
        query.datetime = filter.range;
    } else {
        query.filters.push_back(std::move(filter));
    }
}

} // namespace

Result<catalog::ItemQuery> make_stac_query(Context& cx, const StacTerms& terms) {
    catalog::ItemQuery query;
    query.organization_id = cx.principal.organization_id;
    query.text = catalog::ItemText::Document;
    TRY(query.projects, readable_projects(cx));
    if (terms.collections) {
        TRY(query.collections,
            catalog::find_collections_by_stac_id(cx.session, query.organization_id, *terms.collections));
    }
    query.stac_ids = terms.ids;
    CHECK_OK(set_place(query, terms));
    if (terms.datetime) {
        auto range = parse_time_range(*terms.datetime);
        if (!range)
            return fail_field("datetime", range.error().message);
        query.datetime = *range;
    }
    if (terms.filter) {
        TRY(auto filter, parse_cql2(*terms.filter));
        narrow(query, std::move(filter));
    }
    for (const SortTerm& term : terms.sortby) {
        if (term.field.size() > kMaxFieldName)
            return fail_field("sortby", fmt::format("A field's name has at most {} bytes", kMaxFieldName));
        query.sort.push_back({queryable(term.field).field, term.direction == "desc"});
    }
    query.limit = terms.limit;
    query.offset = terms.page > kFarthestOffset / terms.limit ? kFarthestOffset : terms.page * terms.limit;
    return query;
}

} // namespace landfall::domain

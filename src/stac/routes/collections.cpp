#include "stac/routes/collections.hpp"

#include "catalog/ledger/outbox.hpp"
#include "catalog/search/shown_items.hpp"
#include "core/fold.hpp"
#include "domain/items/collections.hpp"
#include "domain/items/lineage.hpp"
#include "stac/documents/collection.hpp"
#include "stac/documents/links.hpp"
#include "stac/documents/object_text.hpp"
#include "stac/input/collection_input.hpp"
#include "stac/paging/cursor.hpp"
#include "stac/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::stac {
namespace {

using Row = catalog::CollectionRow;

Result<std::optional<Row>> find(const Asked& asked, std::string_view id) {
    return catalog::find_collection_by_stac_id(asked.session(), asked.project.organization_id, asked.project.id, id);
}

/// The same about to be changed.
Result<std::optional<Row>> find_for_update(const Asked& asked) {
    TRY(const auto known, find(asked, asked.param("collection")));
    return known ? catalog::lock_collection(asked.session(), known->organization_id, known->id)
                 : Result<std::optional<Row>>(std::nullopt);
}

Status check_conditions(const Asked& asked, const std::optional<Row>& row) {
    if (!row)
        return asked.cx.preconditions.check_absent();
    TRY(const auto changes, catalog::find_collection_changes(asked.session(), *row));
    return asked.cx.preconditions.check(etag_of(*row, changes));
}

/// The items without a collection as a collection that nobody made and nobody changes.
Result<Row> uncollected(const Asked& asked) {
    Row row;
    row.organization_id = asked.project.organization_id;
    row.project_id = asked.project.id;
    row.stac_id = kUncollected;
    row.name = "Items without a collection";
    row.description = "Items of the project that are in no collection. Nothing is written here.";
    row.created_at = row.updated_at = asked.project.created_at;
    TRY(const bool any, catalog::has_items(asked.session(), {row.organization_id, row.project_id, std::nullopt, "",
                                                             false, asked.cx.now}));
    if (!any)
        return not_found();
    return row;
}

Result<Reply> reply_with(const Asked& asked, Row row, int status) {
    TRY(const ShownCollection shown, show(asked, std::move(row)));
    Reply reply{.body = collection_document(asked, shown),
                .status = status,
                .etag = etag_of(shown.row, shown.changes),
                .cache_control = shown.row.cache_control};
    if (asked.request.method == "PUT")
        reply.location = collection_url(asked, shown.row.stac_id);
    return reply;
}

Status tell(const Asked& asked, std::string_view event, const Row& row) {
    asked.cx.touch(row.id.str());
    return asked.cx.tell(event, row.id.str(), Json::object({{"project_id", row.project_id.str()}, {"name", row.name}}));
}

Result<Row> create(const Asked& asked, const CollectionInput& input) {
    Row row;
    row.id = CollectionId::make();
    row.organization_id = asked.project.organization_id;
    row.project_id = asked.project.id;
    row.stac_id = row.name = asked.param("collection");
    row.created_by = asked.cx.principal.user_id;
    row.created_at = row.updated_at = asked.cx.now;
    apply(input, row, Mode::Replace);
    CHECK_OK(catalog::insert_collection(asked.session(), row));
    asked.cx.artifact_produced = true;
    CHECK_OK(domain::record_origin(asked.cx, {"collection", row.id.str()}, {"project", row.project_id.str()}));
    CHECK_OK(tell(asked, catalog::event::kCollectionCreated, row));
    return row;
}

Result<Row> update(const Asked& asked, Row row, const CollectionInput& input, Mode mode) {
    if (!apply(input, row, mode))
        return row;
    row.updated_at = asked.cx.now;
    CHECK_OK(catalog::update_collection(asked.session(), row));
    ++row.version; // as the statement did
    CHECK_OK(tell(asked, catalog::event::kCollectionUpdated, row));
    return row;
}

/// Whether a provider's name contains the text, ignoring case.
bool has_provider(const Row& row, const std::string& folded) {
    const Json further = Json::parse(row.document).value_or(Json());
    return std::ranges::any_of(further["providers"].items(), [&](const Json& provider) {
        return fold_case(provider["name"].as_view()).find(folded) != std::string::npos;
    });
}

/// Puts the synthetic collection where it belongs among the nearest ones on one side of an id.
Status merge_uncollected(const Asked& asked, const std::string& from, bool backwards, std::vector<Row>& found) {
    const auto comes_before = [backwards](std::string_view a, std::string_view b) { return backwards ? a > b : a < b; };
    if (!comes_before(from, kUncollected))
        return {};
    auto row = uncollected(asked);
    if (!row)
        return row.error().code == Code::NotFound ? Status() : Status(fail(std::move(row).error()));
    const auto at =
        std::ranges::find_if(found, [&](const Row& one) { return comes_before(kUncollected, one.stac_id); });
    found.insert(at, *std::move(row));
    return {};
}

/// At most `limit` published collections on one side of an id, nearest first, of which a provider has the name.
Result<std::vector<Row>> published(const Asked& asked, const std::string& from, bool backwards, std::int64_t limit) {
    const std::string provider = fold_case(asked.request.query("provider").value_or(""));
    catalog::PublishedList list{asked.project.organization_id, asked.project.id, from,
                                backwards ? catalog::Toward::Earlier : catalog::Toward::Later, limit};
    std::vector<Row> found;
    while (true) {
        TRY(auto some, catalog::list_published_collections(asked.session(), list));
        const bool more = std::ssize(some) == list.limit;
        for (Row& row : some) {
            list.from = row.stac_id;
            if ((provider.empty() || has_provider(row, provider)) && std::ssize(found) < limit)
                found.push_back(std::move(row));
        }
        if (!more || std::ssize(found) == limit)
            break;
    }
    if (provider.empty())
        CHECK_OK(merge_uncollected(asked, from, backwards, found));
    found.resize(std::min(found.size(), static_cast<std::size_t>(limit)));
    return found;
}

} // namespace

Result<catalog::CollectionRow> require_collection(const Asked& asked) {
    const std::string& id = asked.param("collection");
    TRY(auto row, find(asked, id));
    if (row)
        return *std::move(row);
    return id == kUncollected ? uncollected(asked) : Result<Row>(not_found());
}

Result<Reply> list_collections(const Asked& asked) {
    TRY(const PageRequest page, read_page(asked, 1));
    const bool backwards = page.from.backwards;
    const std::string from = page.from.keys.empty() ? std::string() : page.from.keys.front();
    TRY(auto rows, published(asked, from, backwards, page.limit + 1));
    const bool more = std::ssize(rows) > page.limit;
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(page.limit)));
    if (backwards)
        std::ranges::reverse(rows);
    Neighbours around;
    if (!rows.empty()) {
        bool earlier = backwards && more;
        if (!backwards && !from.empty()) {
            TRY(const auto before, published(asked, rows.front().stac_id, true, 1));
            earlier = !before.empty();
        }
        if (earlier)
            around.previous = Cursor{true, {rows.front().stac_id}};
        if (backwards || more)
            around.next = Cursor{false, {rows.back().stac_id}};
    }
    std::vector<std::string> documents;
    for (Row& row : rows) {
        TRY(const ShownCollection shown, show(asked, std::move(row)));
        documents.push_back(collection_document(asked, shown));
    }
    Json links = collections_links(asked);
    add_page_links(asked, asked.request.path, around, links);
    ObjectText out;
    out.add_raw("collections", array_text(documents)).add("links", links);
    return Reply{.body = std::move(out).text(), .caching = Caching::Listing};
}

Result<Reply> get_collection(const Asked& asked) {
    TRY(auto row, require_collection(asked));
    return reply_with(asked, std::move(row), 200);
}

Result<Reply> put_collection(const Asked& asked) {
    TRY(auto row, find_for_update(asked));
    CHECK_OK(check_conditions(asked, row));
    TRY(const Json body, asked.body());
    TRY(const auto input, read_collection(body, asked.param("collection"), Mode::Replace));
    TRY(auto stored, row ? update(asked, *row, input, Mode::Replace) : create(asked, input));
    return reply_with(asked, std::move(stored), row ? 200 : 201);
}

Result<Reply> patch_collection(const Asked& asked) {
    TRY(auto row, find_for_update(asked));
    CHECK_OK(check_conditions(asked, row));
    if (!row)
        return not_found();
    TRY(const Json body, asked.body());
    TRY(const auto input, read_collection(body, asked.param("collection"), Mode::Change));
    TRY(auto stored, update(asked, *row, input, Mode::Change));
    return reply_with(asked, std::move(stored), 200);
}

Result<Reply> delete_collection(const Asked& asked) {
    TRY(const auto locked, find_for_update(asked));
    CHECK_OK(check_conditions(asked, locked));
    if (!locked)
        return not_found();
    // Read once more: items that were made while the lock was waited for are not in what it counted.
    TRY(const auto row, catalog::find_collection(asked.session(), locked->organization_id, locked->id));
    if (!row)
        return not_found();
    TRY(const ShownCollection shown, show(asked, *row));
    if (row->item_count > 0 || !shown.assets.empty())
        return refuse_listed("Deleting Collection with items not allowed");
    CHECK_OK(domain::retire_collection_files(asked.cx, *row));
    CHECK_OK(catalog::delete_collection(asked.session(), row->organization_id, row->id, asked.cx.now));
    CHECK_OK(tell(asked, catalog::event::kCollectionDeleted, *row));
    return deleted(row->stac_id, asked.url("/"));
}

} // namespace landfall::stac

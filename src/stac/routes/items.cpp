#include "stac/routes/items.hpp"

#include "domain/items/items.hpp"
#include "domain/items/shelf.hpp"
#include "stac/documents/item.hpp"
#include "stac/documents/links.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/collections.hpp"

#include <fmt/format.h>

namespace landfall::stac {
namespace {

constexpr std::string_view kType = "user_raster"; ///< until a file says otherwise

bool has_expired(const std::optional<Timestamp>& end, Timestamp now) {
    return end && *end <= now;
}

catalog::StacAddress address_of(const Asked& asked, const std::optional<catalog::CollectionRow>& collection) {
    catalog::StacAddress address{asked.project.organization_id, asked.project.id, std::nullopt, asked.param("item")};
    if (collection && !collection->id.empty())
        address.collection_id = collection->id;
    return address;
}

Status check_conditions(const Asked& asked, const ItemForUpdate& found) {
    if (!found.item || found.is_expired)
        return asked.cx.preconditions.check_absent();
    return asked.cx.preconditions.check(etag_of(catalog::shown(*found.item, "")));
}

Result<Reply> reply_with(const Asked& asked, const catalog::CollectionRow& collection, const catalog::ItemRow& row,
                         int status) {
    const auto item = catalog::shown(row, collection.stac_id);
    TRY(auto document, item_document(asked, item));
    Reply reply{.body = std::move(document),
                .status = status,
                .etag = etag_of(item),
                .cache_control = collection.cache_control};
    if (asked.request.method == "PUT")
        reply.location = item_url(asked, collection.stac_id, item.stac_id);
    return reply;
}

/// Stores what the input changes; one that changes nothing is left alone.
Result<catalog::ItemRow> update(const Asked& asked, catalog::ItemRow locked, const ItemInput& input, Mode mode) {
    TRY(auto shelf, domain::Shelf::open(asked.cx, std::move(locked)));
    TRY(const bool changes, apply(input, shelf.item, {asked.param("item"), mode, asked.cx.now}));
    if (!changes)
        return std::move(shelf.item);
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    ++shelf.item.version; // as the statement did
    return std::move(shelf.item);
}

} // namespace

Result<SeenItem> require_item(const Asked& asked) {
    SeenItem seen;
    TRY(auto collection, require_collection(asked));
    if (!collection.id.empty())
        seen.collection = std::move(collection);
    TRY(auto item, catalog::find_shown_item(asked.session(), address_of(asked, seen.collection)));
    if (!item || has_expired(item->view_expires_at, asked.cx.now))
        return not_found();
    seen.item = *std::move(item);
    return seen;
}

Result<ItemForUpdate> find_item_for_update(const Asked& asked) {
    ItemForUpdate found;
    TRY(found.collection, catalog::hold_collection_by_stac_id(asked.session(), asked.project.organization_id,
                                                              asked.project.id, asked.param("collection")));
    if (!found.collection)
        return found;
    TRY(const auto known, catalog::find_shown_item(asked.session(), address_of(asked, found.collection)));
    if (!known)
        return found;
    TRY(found.item, catalog::lock_item(asked.session(), asked.project.organization_id, known->id));
    if (!found.item)
        return fail_race("The item was deleted at the same time; repeat the call");
    found.is_expired = has_expired(found.item->view_expires_at, asked.cx.now);
    return found;
}

Result<catalog::ItemRow> create_item(const Asked& asked, const catalog::CollectionRow& collection, std::string_view id,
                                     const ItemInput& input) {
    catalog::ItemRow draft;
    draft.organization_id = asked.project.organization_id;
    draft.project_id = asked.project.id;
    draft.collection_id = collection.id;
    draft.stac_id = id;
    draft.type = kType;
    CHECK_OK(apply(input, draft, {id, Mode::Replace, asked.cx.now}));
    TRY(auto shelf, domain::Shelf::put_item(asked.cx, std::move(draft), {{"project", asked.project.id.str()}}));
    return std::move(shelf.item);
}

Result<Reply> get_item(const Asked& asked) {
    TRY(const SeenItem seen, require_item(asked));
    TRY(auto document, item_document(asked, seen.item));
    return Reply{.body = std::move(document),
                 .etag = etag_of(seen.item),
                 .cache_control = seen.collection ? seen.collection->cache_control : std::nullopt};
}

Result<Reply> put_item(const Asked& asked) {
    TRY(auto found, find_item_for_update(asked));
    CHECK_OK(check_conditions(asked, found));
    TRY(const Json body, asked.body());
    TRY(const auto input, read_item(body, {asked.param("item"), Mode::Replace, asked.cx.now}));
    if (!found.collection) {
        // What the body says alone is told first.
        catalog::ItemRow nowhere;
        CHECK_OK(apply(input, nowhere, {asked.param("item"), Mode::Replace, asked.cx.now}));
        return not_found();
    }
    TRY(const auto stored, found.item ? update(asked, *found.item, input, Mode::Replace)
                                      : create_item(asked, *found.collection, asked.param("item"), input));
    return reply_with(asked, *found.collection, stored, found.item ? 200 : 201);
}

Result<Reply> patch_item(const Asked& asked) {
    TRY(auto found, find_item_for_update(asked));
    CHECK_OK(check_conditions(asked, found));
    if (!found.item || found.is_expired)
        return not_found();
    TRY(const Json body, asked.body());
    TRY(const auto input, read_item(body, {asked.param("item"), Mode::Change, asked.cx.now}));
    TRY(const auto stored, update(asked, *found.item, input, Mode::Change));
    return reply_with(asked, *found.collection, stored, 200);
}

Result<Reply> delete_item(const Asked& asked) {
    TRY(auto found, find_item_for_update(asked));
    CHECK_OK(check_conditions(asked, found));
    if (!found.item || found.is_expired)
        return not_found();
    TRY(const auto files, catalog::count_files(asked.session(), found.item->organization_id, found.item->id));
    if (files > 0)
        return refuse_listed("Deleting Item with assets not allowed");
    CHECK_OK(domain::delete_item(asked.cx, found.item->id));
    return deleted(fmt::format("{}/{}", found.collection->stac_id, found.item->stac_id),
                   collection_url(asked, found.collection->stac_id));
}

} // namespace landfall::stac

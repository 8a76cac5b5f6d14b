#include "stac/routes/assets.hpp"

#include "catalog/work/part_upload.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/shelf.hpp"
#include "domain/work/part_end.hpp"
#include "stac/documents/asset.hpp"
#include "stac/documents/object_text.hpp"
#include "stac/input/asset_input.hpp"
#include "stac/input/external_href.hpp"
#include "stac/refusal.hpp"
#include "stac/routes/collections.hpp"
#include "stac/routes/items.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::stac {
namespace {

using Row = catalog::AssetRow;

bool is_of_item(const Asked& asked) {
    return asked.request.params.contains("item");
}

void pick(const Asked& asked, Target& target) {
    if (!target.shelf)
        return;
    const auto& assets = target.shelf->assets();
    const auto known = std::ranges::find_if(
        assets, [&](const Row& row) { return row.key == asked.param("asset") && !row.is_rendition; });
    if (known != assets.end())
        target.asset = *known;
}

} // namespace

Result<std::optional<Target>> find_target(const Asked& asked) {
    Target target;
    if (is_of_item(asked)) {
        TRY(auto found, find_item_for_update(asked));
        if (!found.item || found.is_expired)
            return std::optional<Target>();
        target.owner = {found.collection->stac_id, found.item->stac_id};
        target.collection = *std::move(found.collection);
        TRY(target.shelf, domain::Shelf::open(asked.cx, *std::move(found.item)));
    } else {
        TRY(const auto known, catalog::find_collection_by_stac_id(asked.session(), asked.project.organization_id,
                                                                  asked.project.id, asked.param("collection")));
        if (!known)
            return std::optional<Target>();
        TRY(auto locked, catalog::lock_collection(asked.session(), known->organization_id, known->id));
        if (!locked)
            return std::optional<Target>();
        target.owner = {locked->stac_id};
        TRY(auto files, domain::Shelf::find_files(asked.cx, *locked));
        if (files) {
            TRY(target.shelf, domain::Shelf::open(asked.cx, *std::move(files)));
        }
        target.collection = *std::move(locked);
    }
    pick(asked, target);
    return std::optional(std::move(target));
}

namespace {

Status check_conditions(const Asked& asked, const std::optional<Target>& target) {
    if (!target || !target->asset)
        return asked.cx.preconditions.check_absent();
    return asked.cx.preconditions.check(etag_of(*target->asset));
}

AssetTerms terms_of(const Asked& asked, const Target& target, Mode mode) {
    return {.id = asked.param("asset"),
            .mode = mode,
            .of_item = is_of_item(asked),
            .may_be_external = may_be_external(target.collection),
            .checksum = asked.dialect().checksum,
            .gsd = asked.dialect().gsd};
}

Status check_href(const Asked& asked, const Target& target, const AssetInput& input) {
    if (!input.href || !*input.href || (target.asset && target.asset->href == *input.href))
        return {};
    CHECK_OK(check_external_href(asked.site.services.settings.stac, target.collection, **input.href));
    return asked.errand ? Status() : fail(asked.errand.error());
}

Reply reply_with(const Asked& asked, const Target& target, const Row& row, int status) {
    Reply reply{.body = asset_document(asked, target.owner, row),
                .status = status,
                .etag = etag_of(row),
                .cache_control = target.collection.cache_control};
    if (asked.request.method == "PUT")
        reply.location = asset_url(asked, target.owner, row.key);
    return reply;
}

Result<Row> create(const Asked& asked, Target& target, const AssetInput& input, const AssetTerms& terms) {
    if (!target.shelf) {
        TRY(target.shelf, domain::Shelf::of_collection(asked.cx, target.collection));
    }
    Row draft;
    draft.key = draft.file_name = asked.param("asset");
    apply(input, draft, terms);
    TRY(auto made, target.shelf->put_without_file(std::move(draft)));
    asked.cx.artifact_produced = true;
    CHECK_OK(target.shelf->store(catalog::IndexUpdate::Keep));
    return made;
}

Result<Row> update(const Asked& asked, Target& target, const AssetInput& input, const AssetTerms& terms) {
    Row row = *target.asset;
    if (!apply(input, row, terms))
        return row;
    if (row.href && row.object_id) { // it lies elsewhere from now on
        CHECK_OK(domain::give_up_file(asked.cx, *target.shelf, row));
        const auto& assets = target.shelf->assets();
        row = *std::ranges::find(assets, row.id, &Row::id);
        apply(input, row, terms);
    }
    CHECK_OK(target.shelf->change_asset(row));
    CHECK_OK(target.shelf->store(catalog::IndexUpdate::Keep));
    row.updated_at = asked.cx.now;
    return row;
}

} // namespace

Result<SeenAssets> require_assets(const Asked& asked) {
    SeenAssets seen;
    std::optional<ItemId> holder;
    if (is_of_item(asked)) {
        TRY(auto found, require_item(asked));
        seen.owner = {found.collection ? found.collection->stac_id : std::string(kUncollected), found.item.stac_id};
        seen.cache_control = found.collection ? found.collection->cache_control : std::nullopt;
        holder = found.item.id;
    } else {
        TRY(auto collection, require_collection(asked));
        seen.owner = {collection.stac_id};
        seen.cache_control = collection.cache_control;
        TRY(const auto files, catalog::find_item_by_stac_id(asked.session(), domain::files_address(collection)));
        if (files)
            holder = files->id;
    }
    if (holder) {
        TRY(seen.assets,
            catalog::list_files_of_items(asked.session(), asked.project.organization_id, {*std::move(holder)}));
    }
    return seen;
}

Result<Row> require_asset(const Asked& asked, const SeenAssets& seen) {
    const auto found = std::ranges::find(seen.assets, asked.param("asset"), &Row::key);
    return found != seen.assets.end() ? Result<Row>(*found) : not_found();
}

Result<Reply> list_assets(const Asked& asked) {
    TRY(const auto seen, require_assets(asked));
    std::vector<std::string> documents;
    for (const Row& row : seen.assets)
        documents.push_back(asset_document(asked, seen.owner, row));
    ObjectText out;
    out.add_raw("assets", array_text(documents)).add("links", assets_links(asked, seen.owner));
    return Reply{.body = std::move(out).text(), .cache_control = seen.cache_control};
}

Result<Reply> get_asset(const Asked& asked) {
    TRY(const auto seen, require_assets(asked));
    TRY(const auto row, require_asset(asked, seen));
    return Reply{
        .body = asset_document(asked, seen.owner, row), .etag = etag_of(row), .cache_control = seen.cache_control};
}

Result<Errand> ask_href(const Asked& asked) {
    const std::string href = asked.content ? (*asked.content)["href"].as_string() : std::string();
    TRY(const auto collection, catalog::find_collection_by_stac_id(asked.session(), asked.project.organization_id,
                                                                   asked.project.id, asked.param("collection")));
    const auto& settings = asked.site.services.settings.stac;
    if (href.empty() || !collection || !may_be_external(*collection) ||
        !check_external_href(settings, *collection, href))
        return Errand();
    return Errand([&settings, href](const domain::Call& /*call*/) -> Result<std::any> {
        CHECK_OK(check_reachable(settings, href));
        return std::any();
    });
}

Result<Reply> put_asset(const Asked& asked) {
    TRY(auto target, find_target(asked));
    CHECK_OK(check_conditions(asked, target));
    if (!target)
        return not_found();
    TRY(const Json body, asked.body());
    const AssetTerms terms = terms_of(asked, *target, Mode::Replace);
    TRY(const auto input, read_asset(body, terms));
    CHECK_OK(check_type(input, target->asset ? &*target->asset : nullptr));
    CHECK_OK(check_href(asked, *target, input));
    TRY(const auto row, target->asset ? update(asked, *target, input, terms) : create(asked, *target, input, terms));
    return reply_with(asked, *target, row, target->asset ? 200 : 201);
}

Result<Reply> patch_asset(const Asked& asked) {
    TRY(auto target, find_target(asked));
    CHECK_OK(check_conditions(asked, target));
    if (!target || !target->asset)
        return not_found();
    TRY(const Json body, asked.body());
    const AssetTerms terms = terms_of(asked, *target, Mode::Change);
    TRY(const auto input, read_asset(body, terms));
    CHECK_OK(check_type(input, &*target->asset));
    CHECK_OK(check_href(asked, *target, input));
    TRY(const auto row, update(asked, *target, input, terms));
    return reply_with(asked, *target, row, 200);
}

Result<Reply> delete_asset(const Asked& asked) {
    TRY(auto target, find_target(asked));
    CHECK_OK(check_conditions(asked, target));
    if (!target || !target->asset)
        return not_found();
    TRY(const auto running, catalog::find_open_part_upload(asked.session(), target->asset->organization_id,
                                                           domain::part_target(target->asset->id)));
    if (running)
        return refuse_listed(fmt::format("{} {} has still an upload in progress",
                                         is_of_item(asked) ? "Asset" : "Collection Asset", target->asset->key));
    CHECK_OK(domain::remove_asset(asked.cx, *target->shelf, *target->asset));
    return deleted(target->asset->key, owner_url(asked, target->owner));
}

} // namespace landfall::stac

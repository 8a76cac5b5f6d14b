#include "domain/items/shelf.hpp"

#include "catalog/ledger/outbox.hpp"
#include "core/text.hpp"
#include "domain/items/item_texts.hpp"
#include "domain/items/lineage.hpp"
#include "domain/items/retention.hpp"
#include "domain/work/checksum_order.hpp"
#include "geo/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace landfall::domain {
namespace {

/// The property of an item that lists the keys of its damaged assets.
constexpr std::string_view kDamaged = "landfall:damaged";

Error taken_stac_id(const Error& conflict, const std::string& stac_id) {
    return Error(Code::Conflict, fmt::format("The collection has an item with stac_id '{}' already", stac_id))
        .because(conflict.cause);
}

Error too_many_files() {
    return {Code::InvalidArgument, fmt::format("An item has at most {} files, beside what is drawn of them; upload "
                                               "further ones as items of their own",
                                               kMostFiles)};
}

} // namespace

StoredFile stored_file(const storage::BlobInfo& blob) {
    return {blob.key, blob.size, to_hex(blob.md5), to_hex(blob.sha256)};
}

Result<Shelf> Shelf::put_item(Context& cx, catalog::ItemRow draft, const std::vector<catalog::Entity>& origins) {
    Shelf shelf(cx, std::move(draft));
    catalog::ItemRow& item = shelf.item;
    item.id = ItemId::make();
    if (item.stac_id.empty())
        item.stac_id = item.id.str();
    item.created_by = cx.principal.user_id;
    item.created_at = item.updated_at = cx.now;
    TRY(const Retention retention, catalog::find_retention_terms(cx.session, item.organization_id));
    begin_retention(item, retention);
    CHECK_OK(set_footprint(item));
    CHECK_OK(shelf.tell_damage());
    std::vector<catalog::EdgeRow> edges;
    for (const auto& origin : origins)
        edges.emplace_back().dst = origin;
    CHECK_OK(compose_texts(cx.session, item, {}, edges));
    if (const auto stored = catalog::insert_item(cx.session, item); !stored)
        return fail(stored.error().code == Code::Conflict ? taken_stac_id(stored.error(), item.stac_id)
                                                          : stored.error());
    cx.artifact_produced = true;
    for (const auto& origin : origins)
        CHECK_OK(record_origin(cx, {"item", item.id.str()}, origin));
    cx.touch(item.id.str());
    CHECK_OK(cx.tell(catalog::event::kItemCreated, item.id.str(), event_data(item)));
    shelf.is_new_ = true;
    return shelf;
}

Result<Shelf> Shelf::open(Context& cx, catalog::ItemRow locked) {
    Shelf shelf(cx, std::move(locked));
    TRY(shelf.assets_, catalog::list_assets(cx.session, shelf.item.organization_id, shelf.item.id));
    return shelf;
}

Result<catalog::AssetRow> Shelf::put_asset(catalog::AssetRow draft, const StoredFile& file,
                                           const std::vector<catalog::Entity>& origins) {
    const auto files = std::ranges::count_if(assets_, [](const auto& asset) { return !asset.is_rendition; });
    if (!draft.is_rendition && files >= kMostFiles)
        return fail(too_many_files());
    catalog::ObjectRow object;
    object.id = ObjectId::make();
    object.organization_id = item.organization_id;
    object.blob_key = file.blob_key;
    object.size = file.size;
    object.md5 = file.md5;
    object.sha256 = file.sha256;
    object.created_at = cx_->now;
    CHECK_OK(catalog::insert_object(cx_->session, object));
    draft.object_id = object.id;
    draft.file_size_bytes = file.size;
    if (file.sha256.empty())
        draft.checksum_state = catalog::ChecksumState::Pending;
    else if (!draft.checksum)
        draft.checksum = multihash_sha256(from_hex(file.sha256).value_or(""));
    draft.blob_key = file.blob_key;
    draft.md5 = file.md5;
    draft.sha256 = file.sha256;
    TRY(auto asset, insert(std::move(draft), origins));
    if (file.sha256.empty())
        CHECK_OK(order_checksum(*cx_, {asset.organization_id, asset.project_id, asset.item_id, file.blob_key}));
    return asset;
}

Result<catalog::AssetRow> Shelf::put_copy(catalog::AssetRow original) {
    if (original.object_id) {
        TRY(const bool held, catalog::acquire_object(cx_->session, item.organization_id, *original.object_id));
        // Whoever deletes the original meanwhile waits for the object, and counts this copy then.
        TRY(const auto live, catalog::find_asset_by_id(cx_->session, item.organization_id, original.id));
        if (!held || !live)
            return fail_race("A file of the item was deleted at the same time; read it again and repeat the call");
    }
    const catalog::Entity origin{"asset", original.id.str()};
    return insert(std::move(original), {origin});
}

Result<catalog::AssetRow> Shelf::insert(catalog::AssetRow draft, const std::vector<catalog::Entity>& origins) {
    draft.id = AssetId::make();
    draft.organization_id = item.organization_id;
    draft.project_id = item.project_id;
    draft.item_id = item.id;
    draft.key = free_asset_key(assets_, draft.key);
    draft.created_at = draft.updated_at = cx_->now;
    CHECK_OK(catalog::insert_asset(cx_->session, draft));
    CHECK_OK(record_origin(*cx_, {"asset", draft.id.str()}, {"item", item.id.str()}));
    for (const auto& origin : origins)
        CHECK_OK(record_origin(*cx_, {"asset", draft.id.str()}, origin));
    assets_.push_back(draft);
    return draft;
}

Status Shelf::change_asset(const catalog::AssetRow& asset) {
    catalog::AssetRow changed = asset;
    changed.updated_at = cx_->now;
    TRY(const bool found, catalog::update_asset(cx_->session, changed));
    const auto known = std::find_if(assets_.begin(), assets_.end(), [&](const auto& a) { return a.id == asset.id; });
    if (!found || known == assets_.end())
        return fail_race("The asset was deleted at the same time; read the item again and repeat the call");
    *known = std::move(changed);
    return {};
}

void Shelf::take_off(const AssetId& asset) {
    std::erase_if(assets_, [&](const auto& known) { return known.id == asset; });
}

/// Writes the keys of damaged assets among the item's properties; what a user wrote under that name is not kept.
Status Shelf::tell_damage() {
    Json keys = Json::array();
    for (const auto& asset : assets_)
        if (asset.damage)
            keys.push(Json(asset.key));
    const bool told = item.properties.find(kDamaged) != std::string::npos;
    if (!told && keys.items().empty())
        return {};
    TRY(Json properties, Json::parse(item.properties));
    if (keys.items().empty())
        properties.erase(kDamaged);
    else
        properties.set(kDamaged, std::move(keys));
    item.properties = properties.dump();
    return {};
}

Status Shelf::store(catalog::IndexUpdate index) {
    CHECK_OK(set_footprint(item));
    TRY(const auto origins, catalog::list_origins(cx_->session, item.organization_id, {"item", item.id.str()}));
    item.updated_at = cx_->now;
    CHECK_OK(tell_damage());
    CHECK_OK(compose_texts(cx_->session, item, assets_, origins));
    const auto stored = catalog::update_item(cx_->session, item, index);
    if (!stored)
        return fail(stored.error().code == Code::Conflict ? taken_stac_id(stored.error(), item.stac_id)
                                                          : stored.error());
    if (!*stored)
        return fail_race("The item changed at the same time; read it again and repeat the change");
    if (is_new_)
        return {};
    cx_->touch(item.id.str());
    return cx_->tell(catalog::event::kItemUpdated, item.id.str(), event_data(item));
}

Status check_room(database::Session& session, const OrganizationId& organization, const ItemId& item,
                  std::int64_t files) {
    TRY(const auto present, catalog::count_files(session, organization, item));
    return present > kMostFiles - files ? fail(too_many_files()) : Status();
}

std::string free_asset_key(const std::vector<catalog::AssetRow>& assets, const std::string& key) {
    std::unordered_set<std::string_view> taken;
    for (const auto& asset : assets)
        taken.insert(asset.key);
    std::string wanted = key;
    for (int n = 2; taken.contains(wanted); ++n)
        wanted = fmt::format("{}-{}", key, n);
    return wanted;
}

Json event_data(const catalog::ItemRow& item) {
    return Json::object({{"project_id", item.project_id.str()}, {"name", item.name}});
}

Status set_footprint(catalog::ItemRow& item) {
    if (item.geometry) {
        TRY(const Json geometry, Json::parse(*item.geometry));
        TRY(item.footprint, geo::footprint_of(geometry, item.bbox));
    } else if (item.bbox) {
        item.footprint = geo::footprint_of(*item.bbox);
    } else {
        item.footprint = {};
    }
    return {};
}

} // namespace landfall::domain

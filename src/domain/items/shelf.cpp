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

using catalog::ChecksumState;

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

/// What is known of a checksum that was declared, beside that of the stored bytes. Nothing: they have it.
std::optional<ChecksumState> state_of_declared(const Settings& settings, const catalog::AssetRow& asset,
                                               std::string_view found) {
    const bool verifies = settings.verify_checksums;
    if (asset.content_encoding) // it is about the decoded bytes
        return verifies ? ChecksumState::Pending : ChecksumState::Declared;
    if (*asset.checksum == found)
        return std::nullopt;
    return verifies ? ChecksumState::Damaged : ChecksumState::Declared;
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

Result<std::optional<catalog::ItemRow>> Shelf::find_files(Context& cx, const catalog::CollectionRow& collection) {
    TRY(auto known, catalog::find_item_by_stac_id(cx.session, files_address(collection)));
    return known ? catalog::lock_item(cx.session, known->organization_id, known->id)
                 : Result<std::optional<catalog::ItemRow>>(std::nullopt);
}

Result<Shelf> Shelf::of_collection(Context& cx, const catalog::CollectionRow& collection) {
    TRY(auto known, find_files(cx, collection));
    if (known)
        return open(cx, std::move(*known));
    Shelf shelf(cx, {});
    catalog::ItemRow& item = shelf.item;
    item.id = ItemId::make();
    item.organization_id = collection.organization_id;
    item.project_id = collection.project_id;
    item.collection_id = collection.id;
    item.stac_id = files_address(collection).stac_id;
    item.type = catalog::kCollectionFiles;
    item.name = collection.name;
    item.created_by = cx.principal.user_id;
    item.created_at = item.updated_at = cx.now;
    CHECK_OK(compose_texts(cx.session, item, {}, {}));
    CHECK_OK(catalog::insert_collection_files(cx.session, item));
    CHECK_OK(record_origin(cx, {"item", item.id.str()}, {"collection", collection.id.str()}));
    return shelf;
}

Status Shelf::check_files(const catalog::AssetRow& draft) const {
    const auto files = std::ranges::count_if(assets_, [](const auto& asset) { return !asset.is_rendition; });
    return draft.is_rendition || files < kMostFiles ? Status() : fail(too_many_files());
}

Result<catalog::AssetRow> Shelf::put_without_file(catalog::AssetRow draft) {
    CHECK_OK(check_files(draft));
    if (std::ranges::find(assets_, draft.key, &catalog::AssetRow::key) != assets_.end())
        return fail(Code::Conflict, "The item has an asset of that key already");
    return insert(std::move(draft), {});
}

/// Makes the object of a file and says in the asset's row what it is.
Status Shelf::store_object(catalog::AssetRow& asset, const StoredFile& file) {
    catalog::ObjectRow object;
    object.id = ObjectId::make();
    object.organization_id = item.organization_id;
    object.blob_key = file.blob_key;
    object.size = file.size;
    object.md5 = file.md5;
    object.sha256 = file.sha256;
    object.created_at = cx_->now;
    CHECK_OK(catalog::insert_object(cx_->session, object));
    asset.object_id = object.id;
    asset.file_size_bytes = file.size;
    const std::string found = multihash_sha256(from_hex(file.sha256).value_or(""));
    if (file.sha256.empty())
        asset.checksum_state = ChecksumState::Pending;
    else if (!asset.checksum)
        asset.checksum = found;
    else
        asset.checksum_state = state_of_declared(cx_->services.settings, asset, found);
    asset.blob_key = file.blob_key;
    asset.md5 = file.md5;
    asset.sha256 = file.sha256;
    if (asset.checksum_state != ChecksumState::Pending)
        return {};
    return order_checksum(*cx_, {item.organization_id, item.project_id, item.id, file.blob_key});
}

Result<catalog::AssetRow> Shelf::put_asset(catalog::AssetRow draft, const StoredFile& file,
                                           const std::vector<catalog::Entity>& origins) {
    CHECK_OK(check_files(draft));
    CHECK_OK(store_object(draft, file));
    return insert(std::move(draft), origins);
}

Status Shelf::put_file(catalog::AssetRow asset, const StoredFile& file) {
    CHECK_OK(store_object(asset, file));
    return change_asset(asset);
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
    const bool is_indexed = item.type != catalog::kCollectionFiles;
    const auto stored = catalog::update_item(cx_->session, item, is_indexed ? index : catalog::IndexUpdate::Keep);
    if (!stored)
        return fail(stored.error().code == Code::Conflict ? taken_stac_id(stored.error(), item.stac_id)
                                                          : stored.error());
    if (!*stored)
        return fail_race("The item changed at the same time; read it again and repeat the change");
    return is_new_ ? Status() : tell_change();
}

Status Shelf::tell_change() {
    if (item.type == catalog::kCollectionFiles && item.collection_id) {
        cx_->touch(item.collection_id->str());
        return cx_->tell(catalog::event::kCollectionUpdated, item.collection_id->str(), event_data(item));
    }
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

catalog::StacAddress files_address(const catalog::CollectionRow& collection) {
    return {collection.organization_id, collection.project_id, collection.id, collection.id.str() + "/assets"};
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

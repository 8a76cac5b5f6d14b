/// The committing half of `ingest.hpp`: rows for what was probed.

#include "catalog/items/profile.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "core/text.hpp"
#include "domain/drawing/profiles.hpp"
#include "domain/ingest/ingest.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/item_document.hpp"
#include "domain/items/items.hpp"
#include "domain/items/lineage.hpp"
#include "domain/items/renditions.hpp"
#include "domain/tenancy/access.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::size_t kNameBytes = 500;

std::int64_t total_bytes(const std::vector<IngestGroup>& groups) {
    std::int64_t bytes = 0;
    for (const auto& group : groups) {
        bytes += group.primary.row.size;
        for (const auto& sidecar : group.sidecars)
            bytes += sidecar.row.size;
    }
    return bytes;
}

Status settle_quota(Context& cx, const catalog::UploadRow& upload, std::int64_t bytes) {
    const catalog::StorageReservation taken{upload.organization_id, bytes, "uploads.complete", upload.id.str(), cx.now};
    TRY(const bool fits, catalog::take_storage(cx.session, taken, {upload.reserved_bytes, upload.total_bytes}));
    if (fits)
        return {};
    return fail(
        Code::PaymentRequired,
        fmt::format(
            "The upload holds {} bytes, more than the {} it declared, and the storage quota has no room for the rest. "
            "Delete data or raise the quota, then complete it again",
            bytes, upload.total_bytes));
}

/// The project may have been archived or deleted since the session was opened.
Status check_project(Context& cx, const catalog::UploadRow& upload) {
    TRY(const auto project, catalog::find_project(cx.session, upload.organization_id, upload.project_id));
    if (!project)
        return fail(Code::NotFound, "The project of this upload was deleted; start a new upload in another project");
    if (project->is_archived)
        return fail(Code::Conflict,
                    "The project is archived; take it out of the archive, then complete the upload again");
    return {};
}

/// The facts of an item: those of its first file without the bands, which belong to the asset.
std::string item_facts(const imagery::Facts& facts) {
    imagery::Facts summary = facts;
    if (summary.raster)
        summary.raster->bands.clear();
    return schema::to_json_text(summary);
}

Json item_properties(const imagery::Facts& facts) {
    Json properties = Json::object();
    if (!facts.warnings.empty())
        properties.set("landfall:warnings", Json::array_of(facts.warnings));
    if (facts.vector)
        properties.set("landfall:layers", Json::parse(schema::to_json_text(facts.vector->layers)).value_or(Json()));
    return properties;
}

Status set_place_and_time(catalog::ItemRow& item, const imagery::Facts& facts) {
    if (facts.geometry && !item.geometry) {
        item.geometry = facts.geometry->dump();
        if (facts.bbox)
            item.bbox = geo::Bounds{(*facts.bbox)[0], (*facts.bbox)[1], (*facts.bbox)[2], (*facts.bbox)[3]};
    }
    CHECK_OK(set_footprint(item));
    if (facts.datetime && !item.datetime) {
        if (const auto at = parse_rfc3339(*facts.datetime))
            item.datetime = *at;
    }
    if (!item.gsd)
        item.gsd = facts.gsd;
    return {};
}

/// Makes the rows of one group after another within one transaction.
class Committer {
public:
    Committer(Context& cx, const PreparedIngest& prepared) : cx_(cx), upload_(prepared.upload) {}

    Result<std::string> add_item(const IngestGroup& group);
    Result<std::string> add_to_target(const IngestGroup& group);

private:
    Result<catalog::AssetRow> add_files(const catalog::ItemRow& item, const IngestGroup& group, const std::string& key);
    Result<catalog::AssetRow> add_file(const catalog::ItemRow& item, const IngestFile& file, const std::string& key,
                                       const imagery::Facts* facts);
    Status finish(const catalog::ItemRow& item, const IngestGroup& group, const catalog::AssetRow& primary);

    Context& cx_;
    const catalog::UploadRow& upload_;
    std::vector<catalog::AssetRow> assets_; // of the item at hand
};

Result<catalog::AssetRow> Committer::add_file(const catalog::ItemRow& item, const IngestFile& file,
                                              const std::string& key, const imagery::Facts* facts) {
    catalog::ObjectRow object;
    object.id = ObjectId::make();
    object.organization_id = item.organization_id;
    object.blob_key = *file.row.blob_key;
    object.size = file.row.size;
    object.md5 = file.row.md5;
    object.sha256 = file.row.sha256;
    object.created_at = cx_.now;
    catalog::AssetRow asset;
    asset.id = AssetId::make();
    asset.organization_id = item.organization_id;
    asset.project_id = item.project_id;
    asset.item_id = item.id;
    asset.key = free_asset_key(assets_, key);
    asset.object_id = object.id;
    asset.file_name = file.row.file_name;
    asset.title = file.row.file_name;
    asset.media_type = file.media_type;
    asset.roles = facts != nullptr ? R"(["data"])" : R"(["metadata"])";
    asset.file_size_bytes = file.row.size;
    asset.checksum = multihash_sha256(from_hex(file.row.sha256).value_or(""));
    asset.created_at = asset.updated_at = cx_.now;
    if (facts != nullptr)
        describe_asset(asset, *facts);
    CHECK_OK(domain::add_asset(cx_, asset, object));
    CHECK_OK(record_origin(cx_, {"asset", asset.id.str()}, {"upload", upload_.id.str()}));
    assets_.push_back(asset);
    return asset;
}

Result<catalog::AssetRow> Committer::add_files(const catalog::ItemRow& item, const IngestGroup& group,
                                               const std::string& key) {
    TRY(auto primary, add_file(item, group.primary, key, &group.facts));
    for (const auto& sidecar : group.sidecars)
        CHECK_OK(add_file(item, sidecar, imagery::sidecar_key(sidecar.row.file_name), nullptr));
    if (group.cog)
        CHECK_OK(add_cog(cx_, primary, group.cog->info));
    return primary;
}

Status Committer::finish(const catalog::ItemRow& item, const IngestGroup& group, const catalog::AssetRow& primary) {
    CHECK_OK(ensure_default_profile(cx_, item, group.facts, primary.key));
    return enqueue_renditions(cx_, primary, group.facts, group.cog ? CogState::Present : CogState::Missing);
}

Result<std::string> Committer::add_item(const IngestGroup& group) {
    assets_.clear();
    catalog::ItemRow item;
    item.id = ItemId::make();
    item.organization_id = upload_.organization_id;
    item.project_id = upload_.project_id;
    item.collection_id = upload_.target_collection_id;
    item.stac_id = item.id.str();
    item.type = group.facts.vector ? "user_vector" : "user_raster";
    item.name = clean_utf8(imagery::file_stem(group.primary.row.file_name), kNameBytes);
    if (item.name.empty())
        item.name = group.primary.row.file_name;
    item.properties = item_properties(group.facts).dump();
    item.upload_id = upload_.id;
    item.created_by = cx_.principal.user_id;
    item.created_at = item.updated_at = cx_.now;
    item.facts = item_facts(group.facts);
    CHECK_OK(set_place_and_time(item, group.facts));
    CHECK_OK(catalog::insert_item(cx_.session, item));
    cx_.artifact_produced = true;
    CHECK_OK(record_origin(cx_, {"item", item.id.str()}, {"upload", upload_.id.str()}));
    const std::string key = upload_.asset_key.value_or("data");
    TRY(const auto primary, add_files(item, group, key));
    CHECK_OK(store_item(cx_.session, item, catalog::IndexUpdate::Keep, cx_.now));
    CHECK_OK(finish(item, group, primary));
    cx_.touch(item.id.str());
    CHECK_OK(cx_.tell(catalog::event::kItemCreated, item.id.str(), event_data(item)));
    return item.id.str();
}

Result<std::string> Committer::add_to_target(const IngestGroup& group) {
    TRY(auto found, catalog::lock_item(cx_.session, upload_.organization_id, *upload_.target_item_id));
    if (!found)
        return fail(Code::NotFound, "The target item was deleted while its file was uploaded; start a new upload");
    catalog::ItemRow& item = *found;
    TRY(assets_, catalog::list_assets(cx_.session, item.organization_id, item.id));
    std::string key = upload_.asset_key.value_or("");
    if (!key.empty() && free_asset_key(assets_, key) != key)
        return fail(Code::Conflict,
                    fmt::format("The target item has got an asset '{}' meanwhile; choose another asset_key", key));
    if (key.empty())
        key = assets_.empty()
                  ? "data"
                  : free_asset_key(assets_, clean_utf8(imagery::file_stem(group.primary.row.file_name), 200));
    const bool first = assets_.empty();
    TRY(const auto primary, add_files(item, group, key));
    if (first)
        item.facts = item_facts(group.facts);
    CHECK_OK(set_place_and_time(item, group.facts));
    CHECK_OK(store_item(cx_.session, item, catalog::IndexUpdate::Rewrite, cx_.now));
    CHECK_OK(finish(item, group, primary));
    cx_.touch(item.id.str());
    CHECK_OK(cx_.tell(catalog::event::kItemUpdated, item.id.str(), event_data(item)));
    return item.id.str();
}

} // namespace

Result<std::vector<std::string>> commit_ingest(Context& cx, PreparedIngest& prepared) {
    std::vector<std::string> ids;
    if (!prepared.claim) {
        TRY(const Json known, Json::parse(prepared.upload.item_ids));
        for (const auto& id : known.items())
            ids.push_back(id.as_string());
        return ids;
    }
    CHECK_OK(check_project(cx, prepared.upload));
    CHECK_OK(settle_quota(cx, prepared.upload, total_bytes(prepared.groups)));
    Committer committer(cx, prepared);
    for (const auto& group : prepared.groups) {
        TRY(auto id, prepared.upload.target_item_id ? committer.add_to_target(group) : committer.add_item(group));
        if (ids.empty() || ids.back() != id)
            ids.push_back(std::move(id));
    }
    TRY(const bool ours, catalog::complete_upload(cx.session, prepared.upload.id, prepared.claim->token(),
                                                  Json::array_of(ids).dump(), cx.now));
    if (!ours)
        return fail_race("The upload was taken over by another call; ask it for the result by completing again");
    const Json data =
        Json::object({{"project_id", prepared.upload.project_id.str()}, {"item_ids", Json::array_of(ids)}});
    CHECK_OK(cx.tell(catalog::event::kUploadCompleted, prepared.upload.id.str(), data));
    return ids;
}

} // namespace landfall::domain

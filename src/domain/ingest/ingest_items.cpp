/// The committing half of `ingest.hpp`: rows for what was probed.

#include "catalog/items/collection.hpp"
#include "catalog/items/profile.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "core/text.hpp"
#include "domain/drawing/profiles.hpp"
#include "domain/ingest/ingest.hpp"
#include "domain/ingest/placing.hpp"
#include "domain/items/assets.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "imagery/sidecars.hpp"

#include <fmt/format.h>

#include <algorithm>

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

Json item_properties(const imagery::Facts& facts) {
    Json properties = Json::object();
    tell_warnings(properties, facts);
    if (facts.vector) {
        const auto& layers = facts.vector->layers;
        properties.set("landfall:layers", Json::parse(schema::to_json_text(layers)).value_or(Json()));
        if (facts.vector->layer_count > static_cast<std::int64_t>(layers.size()))
            properties.set("landfall:layer_count", facts.vector->layer_count);
    }
    return properties;
}

StoredFile stored(const IngestFile& file) {
    return {*file.row.blob_key, file.row.size, file.row.md5, file.row.sha256};
}

/// Puts the files of the session's groups on the shelf within one transaction.
class Committer {
public:
    Committer(Context& cx, const PreparedIngest& prepared) : cx_(cx), upload_(prepared.upload) {}

    /// An item of its own for the group.
    Result<std::string> add_item(const IngestGroup& group);
    /// All groups into the session's target.
    Result<std::string> add_to_target(const std::vector<IngestGroup>& groups);

private:
    catalog::AssetRow draft_of(const IngestFile& file, const std::string& key) const;
    Result<std::optional<CollectionId>> target_collection() const;
    Result<catalog::AssetRow> add_files(Shelf& shelf, const IngestGroup& group, const std::string& key) const;
    Result<std::string> key_in_target(const Shelf& shelf, const IngestGroup& group) const;
    Status finish(const Shelf& shelf, const IngestGroup& group, const catalog::AssetRow& primary) const;

    Context& cx_;
    const catalog::UploadRow& upload_;
};

catalog::AssetRow Committer::draft_of(const IngestFile& file, const std::string& key) const {
    catalog::AssetRow asset;
    asset.key = key;
    asset.file_name = file.row.file_name;
    asset.title = file.row.file_name;
    asset.media_type = file.media_type;
    asset.upload_id = upload_.id;
    return asset;
}

/// Nothing if it was deleted since the session began: items that lay in it are in none either.
Result<std::optional<CollectionId>> Committer::target_collection() const {
    if (!upload_.target_collection_id)
        return std::optional<CollectionId>();
    TRY(const auto row, catalog::hold_collection(cx_.session, upload_.organization_id, *upload_.target_collection_id));
    return row ? std::optional(row->id) : std::nullopt;
}

Result<catalog::AssetRow> Committer::add_files(Shelf& shelf, const IngestGroup& group, const std::string& key) const {
    const catalog::Entity origin{"upload", upload_.id.str()};
    auto data = draft_of(group.primary, key);
    data.roles = R"(["data"])";
    describe_asset(data, group.facts);
    TRY(auto primary, shelf.put_asset(std::move(data), stored(group.primary), {origin}));
    for (const auto& sidecar : group.sidecars) {
        auto draft = draft_of(sidecar, imagery::sidecar_key(sidecar.row.file_name, group.primary.row.file_name));
        draft.roles = R"(["metadata"])";
        draft.sidecar_of = primary.id;
        CHECK_OK(shelf.put_asset(std::move(draft), stored(sidecar), {origin}));
    }
    if (group.cog)
        CHECK_OK(put_cog(shelf, primary, group.cog->file.info, group.cog->made));
    return primary;
}

Status Committer::finish(const Shelf& shelf, const IngestGroup& group, const catalog::AssetRow& primary) const {
    CHECK_OK(ensure_default_profile(cx_, shelf.item, group.facts, {primary.key, primary.file_name}));
    return enqueue_renditions(cx_, primary, group.facts, group.cog ? CogState::Present : CogState::Missing);
}

Result<std::string> Committer::add_item(const IngestGroup& group) {
    catalog::ItemRow draft;
    draft.organization_id = upload_.organization_id;
    draft.project_id = upload_.project_id;
    TRY(draft.collection_id, target_collection());
    draft.type = group.facts.vector ? "user_vector" : "user_raster";
    draft.name = clean_utf8(imagery::file_stem(group.primary.row.file_name), kNameBytes);
    if (draft.name.empty())
        draft.name = group.primary.row.file_name;
    draft.properties = item_properties(group.facts).dump();
    draft.upload_id = upload_.id;
    draft.facts = item_facts(group.facts);
    CHECK_OK(set_place_and_time(draft, group.facts));
    TRY(auto shelf, Shelf::put_item(cx_, std::move(draft), {{"upload", upload_.id.str()}}));
    TRY(const auto primary, add_files(shelf, group, upload_.asset_key.value_or("data")));
    CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    CHECK_OK(finish(shelf, group, primary));
    return shelf.item.id.str();
}

Result<std::string> Committer::key_in_target(const Shelf& shelf, const IngestGroup& group) const {
    if (upload_.asset_key && !upload_.asset_key->empty()) {
        if (free_asset_key(shelf.assets(), *upload_.asset_key) == *upload_.asset_key)
            return *upload_.asset_key;
        return fail(Code::Conflict, fmt::format("The target item has got an asset '{}' meanwhile; choose another "
                                                "asset_key",
                                                *upload_.asset_key));
    }
    return shelf.assets().empty() ? "data" : clean_utf8(imagery::file_stem(group.primary.row.file_name), 200);
}

Result<std::string> Committer::add_to_target(const std::vector<IngestGroup>& groups) {
    TRY(auto found, catalog::lock_item(cx_.session, upload_.organization_id, *upload_.target_item_id));
    if (!found)
        return fail(Code::NotFound, "The target item was deleted while its file was uploaded; start a new upload");
    TRY(auto shelf, Shelf::open(cx_, std::move(*found)));
    std::vector<catalog::AssetRow> primaries;
    for (const auto& group : groups) {
        const bool first = shelf.assets().empty();
        TRY(const std::string key, key_in_target(shelf, group));
        TRY(primaries.emplace_back(), add_files(shelf, group, key));
        if (first)
            shelf.item.facts = item_facts(group.facts);
        CHECK_OK(set_place_and_time(shelf.item, group.facts));
    }
    CHECK_OK(shelf.store(catalog::IndexUpdate::Rewrite));
    for (std::size_t i = 0; i < groups.size(); ++i)
        CHECK_OK(finish(shelf, groups[i], primaries[i]));
    return shelf.item.id.str();
}

} // namespace

Result<std::vector<UploadWarning>> upload_warnings(Context& cx, const catalog::UploadRow& upload,
                                                   const std::vector<std::string>& item_ids) {
    std::vector<UploadWarning> warnings;
    for (const std::string& item_id : item_ids) {
        TRY(const auto assets, catalog::list_assets(cx.session, upload.organization_id, ItemId(item_id)));
        for (const auto& asset : assets) {
            if (asset.upload_id != upload.id || asset.is_rendition)
                continue;
            TRY(const Json facts, Json::parse(asset.facts));
            for (const Json& message : facts["warnings"].items())
                warnings.push_back({item_id, asset.file_name, message.as_string()});
        }
    }
    return warnings;
}

Result<std::vector<std::string>> commit_ingest(Context& cx, const PreparedIngest& prepared) {
    std::vector<std::string> ids;
    if (prepared.token.empty()) {
        TRY(const Json known, Json::parse(prepared.upload.item_ids));
        for (const auto& id : known.items())
            ids.push_back(id.as_string());
        return ids;
    }
    CHECK_OK(check_project(cx, prepared.upload));
    CHECK_OK(settle_quota(cx, prepared.upload, total_bytes(prepared.groups)));
    cx.transaction.release(prepared.left_out);
    Committer committer(cx, prepared);
    if (prepared.upload.target_item_id) {
        TRY(ids.emplace_back(), committer.add_to_target(prepared.groups));
    } else {
        for (const auto& group : prepared.groups) {
            TRY(ids.emplace_back(), committer.add_item(group));
        }
    }
    TRY(const bool ours,
        catalog::complete_upload(cx.session, prepared.upload.id, prepared.token, Json::array_of(ids).dump(), cx.now));
    if (!ours)
        return fail_race("The upload was taken over by another call; ask it for the result by completing again");
    const Json data =
        Json::object({{"project_id", prepared.upload.project_id.str()}, {"item_ids", Json::array_of(ids)}});
    CHECK_OK(cx.tell(catalog::event::kUploadCompleted, prepared.upload.id.str(), data));
    return ids;
}

} // namespace landfall::domain

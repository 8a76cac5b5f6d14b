#include "domain/items/assets.hpp"

#include "catalog/items/object_lock.hpp"
#include "catalog/items/provenance.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/rate_window.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/organization.hpp"
#include "catalog/work/job.hpp"
#include "core/text.hpp"
#include "domain/items/shelf.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/work/part_end.hpp"
#include "imagery/sidecars.hpp"
#include "storage/sigv4.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::domain {
namespace {

constexpr std::int64_t kDownloadSeconds = 900;

std::string number_text(double value) {
    return std::isnan(value) ? "nan" : fmt::format("{}", value);
}

Status check_standing(Context& cx, const OrganizationId& id) {
    TRY(const auto organization, catalog::find_organization(cx.session, id));
    if (organization && organization->past_due)
        return fail(Code::PaymentRequired,
                    "The organization's subscription is past due; its files are handed out again once it is paid");
    return {};
}

Error exhausted(std::string message, std::int64_t retry_after_seconds) {
    Error error(Code::ResourceExhausted, std::move(message));
    error.retry_after_seconds = static_cast<int>(retry_after_seconds);
    return error;
}

/// Counts the URLs minted for an asset within the current hour.
Status count_download(Context& cx, const catalog::AssetRow& asset) {
    const std::int64_t most = cx.services.settings.limits.downloads_per_asset_per_hour;
    if (most == 0)
        return {};
    const auto hour = std::chrono::floor<std::chrono::hours>(cx.now);
    TRY(const catalog::RateBlock got,
        catalog::lease_rate_block(cx.session, {"download:" + asset.id.str(), hour, most, 1}));
    if (got.taken > 0)
        return {};
    const auto left = std::chrono::ceil<std::chrono::seconds>(hour + std::chrono::hours(1) - cx.now);
    return fail(exhausted(fmt::format("This asset was asked for {} times within the hour; try again later", most),
                          left.count()));
}

/// Of all bytes that left for the asset's organization within a day.
Status check_bandwidth(Context& cx, const catalog::AssetRow& asset) {
    const std::int64_t most = cx.services.settings.limits.egress_bytes_per_day;
    if (most == 0)
        return {};
    TRY(const std::int64_t sent,
        catalog::sum_usage_since(cx.session, asset.organization_id, catalog::UsageKind::EgressBytes,
                                 cx.now - std::chrono::hours(24)));
    if (sent < most)
        return {};
    return fail(exhausted("The organization's download volume of 24 hours is used up; try again later", 3600));
}

/// When a URL for the caller is signed. A client that follows links gets one and the same for half its life, on any
/// server, which counts once.
Result<Timestamp> signing_time(Context& cx, const catalog::AssetRow& asset) {
    if (!cx.repeats) {
        CHECK_OK(count_download(cx, asset));
        return cx.now;
    }
    constexpr std::int64_t kHalf = kDownloadSeconds / 2 * 1'000'000;
    const Timestamp at = from_micros(to_micros(cx.now) / kHalf * kHalf);
    TRY(const catalog::RateBlock first,
        catalog::lease_rate_block(cx.session,
                                  {fmt::format("redirect:{}:{}", asset.id.str(), cx.principal.id), at, 1, 1}));
    if (first.taken > 0)
        CHECK_OK(count_download(cx, asset));
    return at;
}

/// The user that a principal is or was made by.
Result<UserId> user_behind(database::Session& session, const OrganizationId& organization, const std::string& asker) {
    if (!asker.starts_with(tag::ApiKey::prefix))
        return UserId(asker);
    TRY(const auto key, catalog::find_api_key(session, organization, ApiKeyId(asker)));
    return key ? key->created_by.value_or(UserId()) : UserId();
}

/// Whether it is what the item is about, and no more than a drawing of that or a note beside it.
bool is_primary(const catalog::AssetRow& asset) {
    const Json roles = Json::parse(asset.roles).value_or(Json());
    return !asset.is_rendition && (asset.key == "data" || asset.key.starts_with("data_") ||
                                   std::ranges::find(roles.items(), Json("data")) != roles.items().end());
}

using Assets = std::vector<const catalog::AssetRow*>;

bool holds(const Assets& assets, const AssetId& id) {
    return std::ranges::any_of(assets, [&](const auto* asset) { return asset->id == id; });
}

/// The asset, what came with it to be read with it, and what was drawn of it.
Assets with_dependents(const std::vector<catalog::AssetRow>& assets, const catalog::AssetRow& original) {
    Assets all;
    for (const auto& asset : assets)
        if (asset.id == original.id || asset.derived_from_asset == original.id || asset.sidecar_of == original.id)
            all.push_back(&asset);
    return all;
}

/// Why the item has no such asset.
tl::unexpected<Error> fail_foreign(Context& cx, const AssetId& id) {
    const auto elsewhere = catalog::find_asset_by_id(cx.session, cx.principal.organization_id, id);
    if (!elsewhere)
        return fail(elsewhere.error());
    return *elsewhere ? fail(Code::PermissionDenied, "The asset belongs to another item; name that item")
                      : fail(Code::NotFound, "The item has no such asset; items.list_assets tells which it has");
}

} // namespace

void describe_asset(catalog::AssetRow& asset, const imagery::Facts& facts) {
    asset.facts = schema::to_json_text(facts);
    if (!facts.raster)
        return;
    Json names = Json::array();
    std::vector<std::optional<imagery::BandStatistics>> statistics;
    for (const auto& band : facts.raster->bands) {
        names.push(Json(band.name));
        statistics.push_back(band.statistics);
    }
    asset.band_names = names.dump();
    asset.statistics = schema::to_json_text(statistics);
    if (!facts.raster->bands.empty()) {
        const auto& first = facts.raster->bands.front();
        asset.data_type = first.data_type;
        if (first.nodata)
            asset.nodata = number_text(*first.nodata);
    }
}

std::vector<const catalog::AssetRow*> sidecars_of(const std::vector<catalog::AssetRow>& assets,
                                                  const catalog::AssetRow& original) {
    std::vector<const catalog::AssetRow*> sidecars;
    for (const auto& asset : assets)
        if (asset.blob_key && asset.sidecar_of == original.id)
            sidecars.push_back(&asset);
    return sidecars;
}

std::vector<NamedBlob> named_files(const std::vector<const catalog::AssetRow*>& sidecars,
                                   const catalog::AssetRow& original, const std::string& safe_name) {
    std::vector<NamedBlob> files{{safe_name, *original.blob_key}};
    for (const auto* sidecar : sidecars)
        add_named(files, {imagery::safe_sidecar_name(sidecar->file_name, safe_name), *sidecar->blob_key});
    return files;
}

Result<const catalog::AssetRow*> named_asset(const std::vector<catalog::AssetRow>& assets, std::string_view id_or_key) {
    constexpr std::size_t kMostQuoted = 100; // bytes
    const auto found = std::ranges::find_if(
        assets, [&](const auto& asset) { return asset.key == id_or_key || asset.id.str() == id_or_key; });
    if (found == assets.end())
        return fail(Code::NotFound, fmt::format("The item has no asset '{}'; items.list_assets tells which it has",
                                                clean_utf8(id_or_key, kMostQuoted)));
    return &*found;
}

Result<catalog::AssetRow> require_asset(Context& cx, const catalog::ItemRow& item, const std::string& id_or_key) {
    TRY(auto asset, catalog::find_asset(cx.session, item.organization_id, item.id, id_or_key));
    if (!asset)
        return fail(Code::NotFound, "The item has no such asset; items.list_assets tells which it has");
    return *std::move(asset);
}

Status drop_asset(catalog::Transaction& transaction, const catalog::AssetRow& asset, Timestamp now,
                  std::int64_t& freed) {
    database::Session& session = transaction.session;
    CHECK_OK(catalog::delete_asset(session, asset.organization_id, asset.id, now));
    if (!asset.is_rendition)
        CHECK_OK(end_parts_of_asset(transaction, asset, now));
    if (asset.is_rendition || !asset.object_id)
        return {};
    // Two who each delete one of the last two holders must not both see the other's.
    CHECK_OK(catalog::lock_object(session, asset.organization_id, *asset.object_id));
    TRY(const std::int64_t holders, catalog::count_counted_assets(session, asset.organization_id, *asset.object_id));
    if (holders == 0)
        freed += asset.file_size_bytes.value_or(0);
    return {};
}

Status take_away(Context& cx, Shelf& shelf, const catalog::AssetRow& asset, std::int64_t& freed) {
    // Its bytes may go at once, so the deleted row must not lead to them.
    auto bare = asset;
    bare.object_id.reset();
    CHECK_OK(catalog::update_asset(cx.session, bare));
    CHECK_OK(drop_asset(cx.transaction, asset, cx.now, freed));
    if (asset.object_id)
        CHECK_OK(catalog::release_object(cx.session, asset.organization_id, *asset.object_id, cx.now));
    CHECK_OK(catalog::cancel_jobs_of_asset(cx.session, asset.organization_id, asset.id, cx.now));
    cx.touch(asset.id.str());
    shelf.take_off(AssetId(asset.id)); // `asset` may be one of the shelf's own
    return {};
}

Status remove_asset(Context& cx, Shelf& shelf, const catalog::AssetRow& asset) {
    const AssetId id = asset.id;
    const auto assets = shelf.assets();
    std::int64_t freed = 0;
    for (const auto* doomed : with_dependents(assets, asset))
        CHECK_OK(take_away(cx, shelf, *doomed, freed));
    CHECK_OK(catalog::add_usage(cx.session, {{shelf.item.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                              "assets.delete", id.str(), cx.now}}));
    return shelf.store(catalog::IndexUpdate::Rewrite);
}

Status give_up_file(Context& cx, Shelf& shelf, catalog::AssetRow asset) {
    if (!asset.object_id)
        return {};
    std::int64_t freed = 0;
    const auto assets = shelf.assets();
    for (const auto* dependent : with_dependents(assets, asset))
        if (dependent->id != asset.id)
            CHECK_OK(take_away(cx, shelf, *dependent, freed));
    const ObjectId object = *asset.object_id;
    const std::int64_t size = asset.file_size_bytes.value_or(0);
    asset.object_id.reset();
    asset.file_size_bytes.reset();
    asset.checksum.reset();
    asset.checksum_state.reset();
    asset.content_encoding.reset();
    asset.band_names = asset.data_type = asset.nodata = asset.statistics = std::nullopt;
    asset.facts = catalog::AssetRow().facts;
    asset.damage.reset();
    CHECK_OK(shelf.change_asset(asset));
    CHECK_OK(catalog::lock_object(cx.session, asset.organization_id, object));
    TRY(const std::int64_t holders, catalog::count_counted_assets(cx.session, asset.organization_id, object));
    freed += holders == 0 ? size : 0;
    CHECK_OK(catalog::release_object(cx.session, asset.organization_id, object, cx.now));
    CHECK_OK(catalog::cancel_jobs_of_asset(cx.session, asset.organization_id, asset.id, cx.now));
    return catalog::add_usage(cx.session, {{asset.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                            "assets.replace", asset.id.str(), cx.now}});
}

Result<AssetId> delete_asset(Context& cx, const ItemId& item_id, const std::string& asset_id_or_key) {
    TRY(auto locked, require_item_for_update(cx, item_id));
    TRY(auto shelf, Shelf::open(cx, std::move(locked)));
    const auto& item = shelf.item;
    TRY(const auto found, catalog::find_asset(cx.session, item.organization_id, item.id, asset_id_or_key));
    if (!found)
        return fail_foreign(cx, AssetId(asset_id_or_key));
    const auto assets = shelf.assets();
    const auto doomed = with_dependents(assets, *found);
    const auto stays = [&](const auto& asset) { return is_primary(asset) && !holds(doomed, asset.id); };
    if (is_primary(*found) && std::ranges::none_of(assets, stays))
        return fail(Code::BadRequest, "This is the item's last data file; delete the item instead");
    CHECK_OK(remove_asset(cx, shelf, *found));
    return found->id;
}

Status check_handing_out(Context& cx, const catalog::AssetRow& asset) {
    CHECK_OK(check_standing(cx, asset.organization_id));
    return check_bandwidth(cx, asset);
}

Result<AssetDownload> download_asset(Context& cx, const ItemId& item_id, const std::string& asset_id_or_key) {
    TRY(const auto item, require_item_even_deleted(cx, item_id, ProjectRole::Viewer));
    if (item.view_expires_at && *item.view_expires_at <= cx.now)
        return fail(Code::Gone, "The item has expired; its files are no longer handed out");
    if (item.deleted_at || item.lifecycle_state == "expired" || item.lifecycle_state == "deleted")
        return fail(Code::Gone, fmt::format("The item is {}; its files are no longer handed out",
                                            item.deleted_at ? "deleted" : item.lifecycle_state));
    CHECK_OK(check_standing(cx, item.organization_id));
    TRY(const auto asset, require_asset(cx, item, asset_id_or_key));
    cx.touch(item.id.str());
    cx.touch(asset.id.str());
    if (!asset.object_id && !asset.href)
        return fail(Code::NotFound, "The asset has no file yet");
    if (!asset.object_id)
        return fail(Code::NotFound, "The asset lies outside of this server; fetch its href instead");
    CHECK_OK(check_bandwidth(cx, asset));
    TRY(const Timestamp signed_at, signing_time(cx, asset));
    const Settings& settings = cx.services.settings;
    storage::PresignRequest request;
    request.method = "GET";
    request.origin = cx.origin();
    request.path = fmt::format("/storage/{}/assets/{}/{}", settings.bucket, asset.id.str(), asset.file_name);
    request.query = {{std::string(kAskerParameter), cx.principal.id}};
    request.lifetime = std::chrono::seconds(kDownloadSeconds);
    request.region = settings.region;
    AssetDownload out;
    out.url = storage::presign(cx.services.signing_key, request, signed_at);
    out.expires_in_seconds = std::chrono::floor<std::chrono::seconds>(signed_at + request.lifetime - cx.now).count();
    out.asset_id = asset.id;
    out.size_bytes = asset.file_size_bytes.value_or(0);
    out.media_type = asset.media_type;
    return out;
}

Result<ServedObject> find_served_object(const Services& services, std::string_view object_path,
                                        const std::string& asker) {
    constexpr std::string_view kPrefix = "assets/";
    const auto slash = object_path.find('/', kPrefix.size());
    const auto missing = [] { return fail(Code::NotFound, "The specified key does not exist."); };
    if (!object_path.starts_with(kPrefix) || slash == std::string_view::npos)
        return missing();
    const AssetId id(object_path.substr(kPrefix.size(), slash - kPrefix.size()));
    UserId user;
    TRY(const auto asset,
        services.database.read_for([&](database::Session& session) -> Result<std::optional<catalog::AssetRow>> {
            TRY(auto found, catalog::find_asset_of_any_organization(session, id));
            if (found) {
                TRY(user, user_behind(session, found->organization_id, asker));
            }
            return found;
        }));
    if (!asset || !asset->blob_key || object_path.substr(slash + 1) != asset->file_name)
        return missing();
    ServedObject out;
    out.organization_id = asset->organization_id;
    out.project_id = asset->project_id;
    out.item_id = asset->item_id;
    out.asset_id = asset->id;
    out.asker = asker;
    out.user_id = std::move(user);
    out.blob_key = *asset->blob_key;
    out.file_name = asset->file_name;
    out.media_type = asset->media_type;
    out.md5 = asset->md5.value_or("");
    out.sha256 = asset->sha256.value_or("");
    out.size = asset->file_size_bytes.value_or(0);
    out.created_at = asset->created_at;
    return out;
}

} // namespace landfall::domain

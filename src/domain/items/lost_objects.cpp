#include "domain/items/lost_objects.hpp"

#include "catalog/items/asset.hpp"
#include "domain/items/renditions.hpp"
#include "domain/items/shelf.hpp"
#include "domain/transact.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

namespace landfall::domain {
namespace {

constexpr std::size_t kMostNoted = 10'000;
constexpr std::int64_t kMostLookedAt = 10'000;

using Damage = catalog::AssetDamage;

/// The server itself, at work for an organization.
auth::Principal upkeep_principal(const OrganizationId& organization) {
    auth::Principal principal;
    principal.type = auth::PrincipalType::Service;
    principal.id = "upkeep";
    principal.organization_id = organization;
    principal.grants.in_organization = auth::OrganizationRole::Admin;
    return principal;
}

/// Writes on one item that an object's bytes are missing or back. False if that was known.
Result<bool> mark_item(Context& cx, const ItemId& id, const catalog::ObjectRow& object, std::optional<Damage> damage) {
    TRY(auto item, catalog::lock_item(cx.session, object.organization_id, id));
    if (!item)
        return false;
    TRY(auto shelf, Shelf::open(cx, std::move(*item)));
    bool changed = false;
    for (catalog::AssetRow asset : std::vector(shelf.assets())) {
        if (asset.object_id != object.id || asset.damage == damage)
            continue;
        asset.damage = damage;
        CHECK_OK(shelf.change_asset(asset));
        changed = true;
        if (damage)
            CHECK_OK(make_again(cx, shelf, asset));
    }
    if (changed)
        CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    return changed;
}

Status mark_assets(const Services& services, const std::vector<catalog::AssetRow>& assets,
                   const catalog::ObjectRow& object, std::optional<Damage> damage) {
    const auto principal = upkeep_principal(object.organization_id);
    std::set<ItemId> done;
    for (const auto& asset : assets) {
        if (asset.damage == damage || !done.insert(asset.item_id).second)
            continue;
        const Call call{services, principal, services.clock.now(), RequestId::make().str(), "", "", {}};
        CHECK_OK(transact(call, [&](Context& cx) { return mark_item(cx, asset.item_id, object, damage); }));
    }
    return {};
}

void tell_lost(const catalog::AssetRow& asset, const catalog::ObjectRow& object) {
    spdlog::error("the object {} is missing from the store or cut short: {} bytes of asset '{}' of item {}{}",
                  object.blob_key, object.size, asset.key, asset.item_id.str(),
                  asset.is_rendition ? "; it is made again" : "; bring it back from a backup");
}

} // namespace

bool is_whole(const storage::ObjectStore& store, const catalog::ObjectRow& object) {
    const auto blob = store.open(object.blob_key);
    return blob ? (*blob)->size() == object.size : blob.error().code != Code::NotFound;
}

void LostObjects::note(std::string_view blob_key) {
    const Lock lock(mutex_);
    if (noted_.size() < kMostNoted && !told_.contains(blob_key))
        noted_.emplace(blob_key);
}

void LostObjects::settle_noted(const Services& services) {
    std::set<std::string, std::less<>> noted;
    {
        const Lock lock(mutex_);
        noted.swap(noted_);
    }
    for (const auto& key : noted)
        settle_one(services, key);
}

bool LostObjects::settle(const Services& services, std::span<const std::string> blob_keys) {
    return std::ranges::count_if(blob_keys, [&](const auto& key) { return settle_one(services, key); }) > 0;
}

/// False also where the catalog does not answer: it will be asked for again.
bool LostObjects::settle_one(const Services& services, const std::string& blob_key) {
    const auto object = services.database.read_for(
        [&](database::Session& session) { return catalog::find_object_of_blob(session, blob_key); });
    // What nobody refers to may be on its way out.
    return object && *object && (*object)->refs > 0 && !is_whole(services.store, **object) && mark(services, **object);
}

bool LostObjects::mark(const Services& services, const catalog::ObjectRow& object) {
    const auto assets = services.database.read_for([&](database::Session& session) {
        return catalog::list_assets_of_object(session, object.organization_id, object.id);
    });
    if (!assets || assets->empty())
        return false;
    ++asked_;
    bool is_new = false;
    {
        const Lock lock(mutex_);
        is_new = told_.insert(object.blob_key).second;
        noted_.erase(object.blob_key);
    }
    if (is_new) {
        ++missing_;
        tell_lost(assets->front(), object);
    }
    if (const auto marked = mark_assets(services, *assets, object, Damage::Missing); !marked) {
        spdlog::warn("the item of the object {} could not be marked: {} {}", object.blob_key, marked.error().message,
                     marked.error().cause);
        const Lock lock(mutex_);
        told_.erase(object.blob_key); // whoever asks for it next tries again
        --missing_;
        return false;
    }
    return true;
}

void LostObjects::look_again(const Services& services) {
    const auto marked = services.database.read_for(
        [&](database::Session& session) { return catalog::list_missing_assets(session, kMostLookedAt); });
    if (!marked)
        return;
    std::set<std::string> missing;
    for (const auto& asset : *marked) {
        if (!asset.blob_key || missing.contains(*asset.blob_key))
            continue;
        const auto object = services.database.read_for(
            [&](database::Session& session) { return catalog::find_object_of_blob(session, *asset.blob_key); });
        if (!object || !*object)
            continue;
        {
            const Lock lock(mutex_);
            told_.insert(*asset.blob_key); // by this server or an earlier one
        }
        if (!is_whole(services.store, **object)) {
            missing.insert(*asset.blob_key);
            continue;
        }
        if (const auto cleared = mark_assets(services, *marked, **object, std::nullopt); !cleared)
            continue;
        spdlog::info("the object {} is back in the store", *asset.blob_key);
        const Lock lock(mutex_);
        told_.erase(*asset.blob_key);
    }
    missing_ = missing.size();
}

} // namespace landfall::domain

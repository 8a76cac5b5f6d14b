#include "domain/drawing/profiles.hpp"

#include "catalog/items/asset.hpp"
#include "domain/drawing/tile_source.hpp"
#include "domain/tenancy/access.hpp"
#include "imagery/default_rendering.hpp"
#include "imagery/rendering_config.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr std::size_t kConfigBytes = 256 * 1024;
constexpr std::size_t kMostProfiles = 100; ///< of one item: they are listed without pages

/// The facts of the raster that a profile draws; nothing while the item has none.
Result<std::optional<imagery::Facts>> drawn_facts(Context& cx, const catalog::ProfileRow& profile) {
    TRY(const auto assets, catalog::list_assets(cx.session, profile.organization_id, profile.item_id));
    TRY(const auto asset, choose_asset(assets, profile.asset_key, std::nullopt));
    TRY(const Json facts, Json::parse(asset ? asset->facts : "{}"));
    if (asset && !asset->is_rendition && facts["raster"].is_object())
        return imagery::facts_from_text(asset->facts);
    if (profile.asset_key)
        return fail_field("asset_key", "The asset is no uploaded raster; items.list_assets tells which have bands");
    return std::optional<imagery::Facts>();
}

/// Whether the profile's raster, or any where the item has none yet, can be drawn so.
Status check_look(Context& cx, const catalog::ProfileRow& profile, const Json& config) {
    if (profile.config.size() > kConfigBytes)
        return fail_field("config", fmt::format("A config takes at most {} KiB as JSON", kConfigBytes / 1024));
    TRY(const auto facts, drawn_facts(cx, profile));
    const Status fits = facts ? imagery::check_look({profile.type, config}, imagery::BandNames::of(*facts))
                              : imagery::check_look_of_any({profile.type, config});
    if (fits)
        return {};
    Error error = fits.error();
    for (FieldError& fault : error.fields)
        fault.path.insert(fault.path.begin(), "config");
    return fail(std::move(error));
}

Result<catalog::ProfileRow> find_in(Context& cx, const catalog::ItemRow& item, const ProfileId& id) {
    TRY(auto row, catalog::find_profile(cx.session, item.organization_id, item.id, id));
    if (!row)
        return fail(Code::NotFound, "The item has no such profile; visualization.profiles.list tells which it has");
    return *std::move(row);
}

/// A profile about to be changed by whoever may write its item, which is locked: one change at a time.
Result<catalog::ProfileRow> require_profile_for_update(Context& cx, const ItemId& item_id, const ProfileId& id) {
    TRY(const auto item, require_item_for_update(cx, item_id));
    TRY(auto row, find_in(cx, item, id));
    cx.touch(item.id.str());
    cx.touch(id.str());
    return row;
}

/// Stores a changed profile as its next version.
Result<catalog::ProfileRow> store(Context& cx, catalog::ProfileRow row) {
    row.updated_at = cx.now;
    CHECK_OK(catalog::update_profile(cx.session, row));
    ++row.version;
    return row;
}

bool changes_nothing(const ProfileChange& change) {
    return !change.name && !change.type && !change.is_default && !change.sort_order && !change.config &&
           !change.asset_key.value;
}

} // namespace

Status ensure_default_profile(Context& cx, const catalog::ItemRow& item, const imagery::Facts& facts,
                              const ProfileAsset& asset) {
    if (!facts.raster || !facts.raster->renderable)
        return {};
    TRY(const auto known, catalog::find_default_profile(cx.session, item.organization_id, item.id));
    if (known)
        return {};
    catalog::ProfileRow profile;
    profile.id = ProfileId::make();
    profile.organization_id = item.organization_id;
    profile.item_id = item.id;
    profile.name = "Default";
    profile.type = imagery::profile_type(facts, asset.file_name);
    profile.layer = "auto";
    profile.config = imagery::profile_config(facts, asset.file_name).dump();
    profile.asset_key = asset.key;
    profile.is_default = true;
    profile.created_by = cx.principal.user_id;
    profile.created_at = profile.updated_at = cx.now;
    return catalog::insert_profile(cx.session, profile);
}

Result<std::vector<catalog::ProfileRow>> list_profiles(Context& cx, const ItemId& id) {
    TRY(const auto item, require_item(cx, id, ProjectRole::Viewer));
    return catalog::list_profiles(cx.session, item.organization_id, item.id);
}

Result<catalog::ProfileRow> require_profile(Context& cx, const ItemId& item_id, const ProfileId& id) {
    TRY(const auto item, require_item(cx, item_id, ProjectRole::Viewer));
    return find_in(cx, item, id);
}

Result<catalog::ProfileRow> create_profile(Context& cx, const ItemId& item_id, const NewProfile& wanted) {
    TRY(const auto item, require_item_for_update(cx, item_id));
    TRY(const auto present, catalog::list_profiles(cx.session, item.organization_id, item.id));
    if (present.size() >= kMostProfiles)
        return fail_field("item_id",
                          fmt::format("An item has at most {} profiles; delete one that nobody needs", kMostProfiles));
    catalog::ProfileRow row;
    row.id = ProfileId::make();
    row.organization_id = item.organization_id;
    row.item_id = item.id;
    row.name = wanted.name;
    row.type = wanted.type;
    row.layer = wanted.layer;
    row.config = wanted.config.value.dump();
    row.asset_key = wanted.asset_key;
    row.is_default = wanted.is_default;
    row.sort_order = wanted.sort_order;
    row.created_by = cx.principal.user_id;
    row.created_at = row.updated_at = cx.now;
    CHECK_OK(check_look(cx, row, wanted.config.value));
    CHECK_OK(catalog::insert_profile(cx.session, row));
    cx.touch(item.id.str());
    cx.touch(row.id.str());
    return row;
}

Result<catalog::ProfileRow> update_profile(Context& cx, const ItemId& item, const ProfileId& id,
                                           const ProfileChange& change) {
    TRY(auto row, require_profile_for_update(cx, item, id));
    if (changes_nothing(change))
        return row;
    row.name = change.name.value_or(row.name);
    row.type = change.type.value_or(row.type);
    row.is_default = change.is_default.value_or(row.is_default);
    row.sort_order = change.sort_order.value_or(row.sort_order);
    change.asset_key.assign_to(row.asset_key);
    if (change.config)
        row.config = change.config->value.dump();
    if (change.config || change.type || change.asset_key.value) {
        TRY(const Json config, Json::parse(row.config));
        CHECK_OK(check_look(cx, row, config));
    }
    return store(cx, std::move(row));
}

Result<catalog::ProfileRow> set_default_profile(Context& cx, const ItemId& item, const ProfileId& id) {
    TRY(auto row, require_profile_for_update(cx, item, id));
    if (row.is_default)
        return row;
    row.is_default = true;
    return store(cx, std::move(row));
}

Status delete_profile(Context& cx, const ItemId& item, const ProfileId& id) {
    TRY(const auto row, require_profile_for_update(cx, item, id));
    CHECK_OK(catalog::delete_profile(cx.session, row.organization_id, row.id));
    if (!row.is_default)
        return {};
    TRY(auto left, catalog::list_profiles(cx.session, row.organization_id, row.item_id));
    if (left.empty())
        return {};
    left.front().is_default = true;
    return store(cx, std::move(left.front())).map([](const auto&) {});
}

} // namespace landfall::domain

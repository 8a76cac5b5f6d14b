#pragma once
/// Visualization profiles: how an item is drawn. Contract: geopera.md section 10.1.

#include "catalog/items/item.hpp"
#include "catalog/items/profile.hpp"
#include "domain/context.hpp"
#include "imagery/facts.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::domain {

/// The asset that a default profile draws.
struct ProfileAsset {
    std::string key;
    std::string file_name; ///< which may tell what the file is
};
/// Gives a renderable item the default profile of its facts, unless it has a default already.
Status ensure_default_profile(Context& cx, const catalog::ItemRow& item, const imagery::Facts& facts,
                              const ProfileAsset& asset);

/// Profiles of an item the caller may read, by sort_order, then created_at.
Result<std::vector<catalog::ProfileRow>> list_profiles(Context& cx, const ItemId& item);

/// One of them. NotFound for a profile of another item.
Result<catalog::ProfileRow> require_profile(Context& cx, const ItemId& item, const ProfileId& id);

/// The types of profiles. `singleband` takes the first band where the config leaves that open.
inline constexpr std::string_view kProfileTypes[] = {"rgb", "singleband", "multiband", "expression"};

struct NewProfile {
    std::string name, type;
    std::string layer = "user"; ///< sensor, auto, user
    schema::JsonObject config;
    std::optional<std::string> asset_key;
    bool is_default = false;
    std::int64_t sort_order = 0;
};
/// A profile of an item that the caller may write. InvalidArgument for a config that the item's raster can't be drawn
/// with, NotFound for an asset that it has not got.
Result<catalog::ProfileRow> create_profile(Context& cx, const ItemId& item, const NewProfile& wanted);

/// What `visualization.profile.update` changes: null leaves what may not be null.
struct ProfileChange {
    std::optional<std::string> name, type;
    std::optional<bool> is_default;
    std::optional<std::int64_t> sort_order;
    std::optional<schema::JsonObject> config; ///< replaced as a whole
    schema::Patch<std::string> asset_key;
};
/// The profile as it is then, its version counted up; without changes it is left alone. Fails as `create_profile` does.
Result<catalog::ProfileRow> update_profile(Context& cx, const ItemId& item, const ProfileId& id,
                                           const ProfileChange& change);

/// Takes it from the item's others. What is the default already is left alone.
Result<catalog::ProfileRow> set_default_profile(Context& cx, const ItemId& item, const ProfileId& id);

/// The next in order becomes the default if this one was. NotFound a second time.
Status delete_profile(Context& cx, const ItemId& item, const ProfileId& id);

} // namespace landfall::domain

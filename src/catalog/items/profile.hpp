#pragma once
/// Visualization profiles: how an item is drawn (geopera.md section 10.1).

#include "catalog/vocabulary.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

struct ProfileRow {
    ProfileId id;
    OrganizationId organization_id;
    ItemId item_id;
    std::string name;
    std::string type;           ///< rgb, singleband, multiband, expression
    std::string layer = "user"; ///< sensor, auto, user
    std::string config = "{}";  ///< JSON object
    std::optional<std::string> asset_key;
    bool is_default = false; ///< at most one an item
    std::int64_t sort_order = 0;
    std::int64_t version = 1; ///< counts the changes
    std::optional<UserId> created_by;
    Timestamp created_at{};
    Timestamp updated_at{};
};

constexpr auto columns(Of<ProfileRow>) {
    using R = ProfileRow;
    using enum Use;
    return table("visualization_profile", column("id", &R::id, Key),
                 column("organization_id", &R::organization_id, Key), column("item_id", &R::item_id),
                 column("name", &R::name, Mutable), column("type", &R::type, Mutable), column("layer", &R::layer),
                 column("config", &R::config, Mutable), column("asset_key", &R::asset_key, Mutable),
                 column("is_default", &R::is_default, Mutable), column("sort_order", &R::sort_order, Mutable),
                 column("version", &R::version, Counted), column("created_by", &R::created_by),
                 column("created_at", &R::created_at), column("updated_at", &R::updated_at, Mutable));
}

/// A default one takes that from the item's others. Conflict if the id is taken.
Status insert_profile(Session& session, const ProfileRow& row);
/// Writes the mutable columns and counts the version up; a default one takes that from the item's others. False if
/// there is none.
Result<bool> update_profile(Session& session, const ProfileRow& row);
/// False if there is none.
Result<bool> delete_profile(Session& session, const OrganizationId& organization, const ProfileId& id);
Result<std::optional<ProfileRow>> find_profile(Session& session, const OrganizationId& organization, const ItemId& item,
                                               const ProfileId& id);
/// By id, then by name.
Result<std::optional<ProfileRow>> find_profile_by_id_or_name(Session& session, const OrganizationId& organization,
                                                             const ItemId& item, std::string_view id_or_name);
Result<std::optional<ProfileRow>> find_default_profile(Session& session, const OrganizationId& organization,
                                                       const ItemId& item);
/// By sort_order, created_at, id.
Result<std::vector<ProfileRow>> list_profiles(Session& session, const OrganizationId& organization, const ItemId& item);

} // namespace landfall::catalog

#include "domain/drawing/profiles.hpp"

#include "domain/tenancy/access.hpp"
#include "imagery/default_rendering.hpp"

namespace landfall::domain {

Status ensure_default_profile(Context& cx, const catalog::ItemRow& item, const imagery::Facts& facts,
                              const std::string& asset_key) {
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
    profile.type = imagery::profile_type(facts);
    profile.layer = "auto";
    profile.config = imagery::profile_config(facts).dump();
    profile.asset_key = asset_key;
    profile.is_default = true;
    profile.created_by = cx.principal.user_id;
    profile.created_at = profile.updated_at = cx.now;
    return catalog::insert_profile(cx.session, profile);
}

Result<std::vector<catalog::ProfileRow>> list_profiles(Context& cx, const ItemId& id) {
    TRY(const auto item, require_item(cx, id, ProjectRole::Viewer));
    return catalog::list_profiles(cx.session, item.organization_id, item.id);
}

} // namespace landfall::domain

#pragma once
/// Visualization profiles: how an item is drawn. Contract: geopera.md section 10.1.

#include "catalog/items/item.hpp"
#include "catalog/items/profile.hpp"
#include "domain/context.hpp"
#include "imagery/facts.hpp"

#include <string>
#include <vector>

namespace landfall::domain {

/// Gives a renderable item the default profile of its facts, unless it has a default already.
Status ensure_default_profile(Context& cx, const catalog::ItemRow& item, const imagery::Facts& facts,
                              const std::string& asset_key);

/// Profiles of an item the caller may read, by sort_order, then created_at.
Result<std::vector<catalog::ProfileRow>> list_profiles(Context& cx, const ItemId& item);

} // namespace landfall::domain

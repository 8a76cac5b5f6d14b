#pragma once
/// Assets that lie elsewhere, where the operator of a collection lets them. Contract: swisstopo.md section 13.

#include "catalog/items/collection.hpp"
#include "domain/settings.hpp"

#include <string_view>

namespace landfall::stac {

/// Whether the collection may have such assets at all.
bool may_be_external(const catalog::CollectionRow& collection);

/// InvalidArgument for `href` unless the address has the form of one that the collection admits. Origins are compared
/// whole, and paths by whole segments. Plain http only leads to hosts that the settings name.
Status check_external_href(const domain::StacSettings& settings, const catalog::CollectionRow& collection,
                           std::string_view href);

/// InvalidArgument for `href` unless something of three bytes and more answers there. Takes up to five seconds; asks
/// nothing within private networks, but for the hosts that the settings name.
Status check_reachable(const domain::StacSettings& settings, std::string_view href);

} // namespace landfall::stac

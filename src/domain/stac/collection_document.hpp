#pragma once
/// A collection as a STAC document (extensions.md "STAC documents" and "stac.collections.list"): composed when it is
/// asked for, since its extent follows its items.

#include "catalog/search/collection_extents.hpp"
#include "domain/stac/links.hpp"
#include "domain/stac/stac_version.hpp"

#include <string>

namespace landfall::domain {

/// The document as JSON text. What has no items covers the world and all of time.
std::string collection_document(const catalog::CollectionExtent& shown, StacVersion version, const Origins& origins);

} // namespace landfall::domain

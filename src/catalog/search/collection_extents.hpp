#pragma once
/// The collections of an organization with the ground and the time that their items cover.

#include "catalog/items/collection.hpp"
#include "catalog/search/remembered.hpp"
#include "catalog/vocabulary.hpp"
#include "geo/footprint.hpp"

#include <optional>
#include <vector>

namespace landfall::catalog {

/// What live items cover, as narrowly as it can be told; nothing of neither without items, no box where all of them are
/// nowhere.
struct Extent {
    std::optional<geo::Bounds> box; ///< west > east crosses the antimeridian
    std::optional<TimeRange> time;  ///< both ends; an item without any time counts by its creation
};

/// Extents by the collection's id, while its items have not changed.
struct Extents : Remembered<Extent> {
    explicit Extents(std::size_t entries = 65'536) : Remembered(entries) {}
};

struct CollectionExtent {
    CollectionRow collection;
    Extent extent;
};

/// Live collections of the organization, or of those of its projects, by layer_order, name, id; or the one of that id.
/// The extents of those that changed since they were last asked for are read from the items of the collection, one
/// statement for all of them; call it inside `Database::read`.
Result<std::vector<CollectionExtent>> list_collection_extents(Session& session, const OrganizationId& organization,
                                                              const std::optional<std::vector<ProjectId>>& projects,
                                                              Extents& extents);
Result<Extent> find_extent(Session& session, const CollectionRow& collection, Extents& extents);

} // namespace landfall::catalog

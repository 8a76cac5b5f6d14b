#pragma once
/// What the assets of a collection say further, and when it last changed: what the STAC face tells of a collection
/// beside its row.

#include "catalog/items/collection.hpp"
#include "catalog/search/remembered.hpp"
#include "catalog/vocabulary.hpp"
#include "geo/footprint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// How often the items of a collection, or their assets, or its own assets changed, and when last; zero and nothing of
/// one that never had any.
struct CollectionChanges {
    std::int64_t count = 0;
    std::optional<Timestamp> at{};
};
Result<CollectionChanges> find_collection_changes(Session& session, const CollectionRow& collection);

/// What live items that may still be seen cover, and what is said further of the files on them.
struct Summary {
    std::optional<geo::Bounds> box;
    std::optional<TimeRange> time;          ///< both ends
    std::vector<std::string> of_items;      ///< distinct `AssetRow::members` of assets of items
    std::vector<std::string> of_collection; ///< of its own assets
};

/// Summaries by the collection's id, while nothing of it has changed.
struct Summaries : Remembered<Summary> {
    explicit Summaries(std::size_t entries = 16'384) : Remembered(entries) {}
};

/// The summary of a collection as of `now`; remembered for `changes`, unless an item expires before it is asked again.
/// Call it inside `Database::read`.
Result<Summary> summarize(Session& session, const CollectionRow& collection, const CollectionChanges& changes,
                          Timestamp now, Summaries& summaries);

} // namespace landfall::catalog

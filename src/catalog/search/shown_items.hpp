#pragma once
/// Items as the STAC face shows them, and the plain lists of a collection in the order of STAC ids.

#include "catalog/items/item.hpp"
#include "catalog/vocabulary.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// What of an item is shown, without the texts that are composed for others.
struct ShownItem {
    ItemId id;
    std::optional<CollectionId> collection_id;
    std::string collection_stac_id; ///< empty: in none
    std::string stac_id;
    std::string name;
    std::optional<std::string> geometry;
    std::optional<geo::Bounds> bbox;
    std::optional<Timestamp> datetime;
    std::optional<Timestamp> start_datetime;
    std::optional<Timestamp> end_datetime;
    std::string properties = "{}";
    std::optional<std::string> links;
    std::optional<Timestamp> view_expires_at;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::int64_t version = 1;
};

/// Read with `item i`.
constexpr auto columns(Of<ShownItem>) {
    using R = ShownItem;
    return excerpt("item", column("id", &R::id), column("collection_id", &R::collection_id),
                   joined("coalesce((SELECT c.stac_id FROM collection c WHERE c.id = i.collection_id), '')",
                          &R::collection_stac_id),
                   column("stac_id", &R::stac_id), column("name", &R::name), column("geometry", &R::geometry),
                   column("west", &R::bbox, &geo::Bounds::west), column("south", &R::bbox, &geo::Bounds::south),
                   column("east", &R::bbox, &geo::Bounds::east), column("north", &R::bbox, &geo::Bounds::north),
                   column("datetime", &R::datetime), column("start_datetime", &R::start_datetime),
                   column("end_datetime", &R::end_datetime), column("properties", &R::properties),
                   column("links", &R::links), column("view_expires_at", &R::view_expires_at),
                   column("created_at", &R::created_at), column("updated_at", &R::updated_at),
                   column("version", &R::version));
}

/// A row as it is shown; `collection_stac_id` is the caller's to say.
ShownItem shown(const ItemRow& row, std::string collection_stac_id);

/// Those of the numbers that are live items, in their order.
Result<std::vector<ShownItem>> list_shown_items(Session& session, const std::vector<std::int64_t>& numbers);
/// A live item that is indexed, by its STAC id.
Result<std::optional<ShownItem>> find_shown_item(Session& session, const StacAddress& address);

/// A page of the items of a collection in the order of their STAC ids, of those that may be seen at `now`.
struct StacIdPage {
    OrganizationId organization_id;
    ProjectId project_id;
    std::optional<CollectionId> collection_id; ///< nothing: those without
    std::string from;                          ///< only what comes behind it, or before
    bool backwards = false;                    ///< nearest first
    Timestamp now{};
    std::int64_t limit = 100;
};
Result<std::vector<std::int64_t>> list_by_stac_id(Session& session, const StacIdPage& page);
/// Whether there is any: such a page of one.
Result<bool> has_items(Session& session, const StacIdPage& page);

/// Whether any live item of the project has passed the end of its view, so that searches must ask for it.
Result<bool> has_ended_views(Session& session, const ProjectId& project, Timestamp now);
/// The organization whose public project the live item lies in; nothing for others.
Result<std::optional<OrganizationId>> find_publisher(Session& session, const ItemId& item);
/// The live collections of the project that are not published.
Result<std::vector<CollectionId>> list_unpublished(Session& session, const OrganizationId& organization,
                                                   const ProjectId& project);

} // namespace landfall::catalog

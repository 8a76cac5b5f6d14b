#pragma once
/// Items by what becomes of them: those whose next step is due, those that a change of retention concerns, deleted ones
/// that come back. Contract: geopera.md section 7.8.

#include "catalog/items/item.hpp"

#include <optional>
#include <string>
#include <vector>

namespace landfall::catalog {

/// A page of the live items whose next step is due, the longest due first.
struct DueItems {
    Timestamp at{};
    std::optional<OrganizationId> organization_id; ///< nothing: of all
    Timestamp after{};                             ///< `expires_at` and id of the last one of the page before
    ItemId after_id;
    std::int64_t limit = 0;
};
/// Without those of organizations whose items do not follow a change of retention yet.
Result<std::vector<ItemRow>> list_due_items(Session& session, const DueItems& wanted);
/// The same locked for this transaction.
Result<std::vector<ItemRow>> lock_due_items(Session& session, const DueItems& wanted, Held held);

/// A page of the live items of a project, the oldest first, locked as `lock_item` does.
struct ItemBatch {
    OrganizationId organization_id;
    ProjectId project_id;
    Timestamp after{}; ///< `created_at` and id of the last one of the page before
    ItemId after_id;
    std::int64_t limit = 0;
};
Result<std::vector<ItemRow>> lock_item_batch(Session& session, const ItemBatch& page);

/// Live items of an organization whose retention ends soon.
struct EndingItems {
    OrganizationId organization_id;
    Timestamp until{};           ///< when it ends at the latest
    std::int64_t warning_us = 0; ///< by how much earlier an active one's next step is due
    std::int64_t limit = 0;
};
/// Their records, the first to end first; at most 32 MiB.
Result<std::vector<std::string>> list_ending_items(Session& session, const EndingItems& wanted);
/// How many end on which day.
struct EndingCount {
    Timestamp day{}; ///< its beginning, UTC
    std::int64_t items = 0;
};
Result<std::vector<EndingCount>> count_ending_items(Session& session, const EndingItems& wanted);

/// The projects in which the view of live items ended before an instant, and how many of how many that concerns.
struct EndedViews {
    OrganizationId organization_id;
    ProjectId project_id;
    std::int64_t ended = 0;
    std::int64_t items = 0;
};
Result<std::vector<EndedViews>> count_ended_views(Session& session, Timestamp before);
/// At most `limit` of them, the longest ended first, locked for this transaction.
Result<std::vector<ItemRow>> lock_ended_views(Session& session, const EndedViews& project, Timestamp before,
                                              std::int64_t limit);

/// How many items were deleted before an instant.
Result<std::int64_t> count_items_deleted_before(Session& session, Timestamp before);

/// An item, deleted or not, its row locked against other writers until the transaction ends.
Result<std::optional<ItemRow>> lock_item_even_deleted(Session& session, const OrganizationId& organization,
                                                      const ItemId& id);
/// Makes a deleted item live again as `row` has it, and puts it into search. Conflict if its stac_id was taken. False
/// if there is no such deleted item.
Result<bool> undelete_item(Session& session, const ItemRow& row);
/// Makes those assets of an item live again that were deleted at that instant: with the item.
Status undelete_assets(Session& session, const OrganizationId& organization, const ItemId& item, Timestamp deleted_at);

} // namespace landfall::catalog

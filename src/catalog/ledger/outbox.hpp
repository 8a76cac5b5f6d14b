#pragma once
/// The outbox: what happened, written in the transaction that did it, for one reader that hands it on.
/// Contract: geopera.md section 14 (event types).

#include "catalog/transaction.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace landfall::catalog {

struct EventRow {
    EventId id;
    std::string type; ///< e.g. `item.created`
    OrganizationId organization_id;
    std::string entity_type; ///< e.g. `item`
    std::string entity_id;
    std::string data = "{}"; ///< JSON object
    Timestamp created_at{};
    std::int64_t no = 0; ///< in the order in which they were recorded
};

constexpr auto columns(Of<EventRow>) {
    using R = EventRow;
    using enum Use;
    return table("outbox", column("id", &R::id, Key), column("type", &R::type),
                 column("organization_id", &R::organization_id), column("entity_type", &R::entity_type),
                 column("entity_id", &R::entity_id), column("data", &R::data), column("created_at", &R::created_at),
                 column("no", &R::no, Generated));
}

/// The events that are told. What precedes the dot is the type of the entity.
namespace event {
inline constexpr std::string_view kItemCreated = "item.created";
inline constexpr std::string_view kItemUpdated = "item.updated";
inline constexpr std::string_view kItemDeleted = "item.deleted";
inline constexpr std::string_view kItemExpiring = "item.expiring";
inline constexpr std::string_view kItemExpired = "item.expired";
inline constexpr std::string_view kCollectionCreated = "collection.created";
inline constexpr std::string_view kCollectionUpdated = "collection.updated";
inline constexpr std::string_view kCollectionDeleted = "collection.deleted";
inline constexpr std::string_view kUploadCompleted = "upload.completed";
inline constexpr std::string_view kUploadFailed = "upload.failed";
inline constexpr std::string_view kJobCompleted = "processing_job.completed";
inline constexpr std::string_view kJobFailed = "processing_job.failed";
} // namespace event

struct NewEvent {
    std::string_view type; ///< one of `event`
    OrganizationId organization_id;
    std::string_view entity_id;
    Timestamp at{};
    std::string data = "{}"; ///< JSON object
};
/// Records that something happened; it is told once the transaction commits.
Status record_event(Transaction& transaction, const NewEvent& event);

/// Takes away and gives the oldest events, at most `limit`, in the order in which they were recorded. Two callers never
/// get the same one; if the transaction is rolled back, they are there again.
Result<std::vector<EventRow>> take_events(Transaction& transaction, std::int64_t limit);

} // namespace landfall::catalog

#pragma once
/// The quota while bytes arrive: however many files are on their way at once, an organization never holds more than its
/// quota, and the ledger has what each session or file in parts reserves.

#include "catalog/transaction.hpp"
#include "catalog/work/part_upload.hpp"
#include "catalog/work/upload.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace landfall::domain {

/// Bytes that may still come.
struct ArrivingRoom {
    std::optional<std::int64_t> budget; ///< for one file or part; nothing: unlimited
    std::optional<std::int64_t> room;   ///< for all that arrives for the organization at once
};
/// What an open session may still hold beside its stored files and parts.
Result<ArrivingRoom> session_room(database::Session& session, const catalog::UploadRow& upload);
/// What may still come for a file in parts that belongs to no session.
Result<ArrivingRoom> organization_room(database::Session& session, const OrganizationId& organization);

/// Makes a session reserve what it declared, or what its files and parts hold if that is more: raises the reservation
/// or gives back of it. `reason` names the entry of the usage ledger. False if that does not fit the quota; then
/// nothing changed. The caller has locked the session's row.
Result<bool> settle_reservation(catalog::Transaction& transaction, const UploadId& id, std::string_view reason,
                                Timestamp at);

/// Reserves the bytes of a part that was counted, or gives back (`more` is negative): by its session, if it has one.
/// False if they do not fit.
Result<bool> reserve_part(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::int64_t more,
                          Timestamp at);

} // namespace landfall::domain

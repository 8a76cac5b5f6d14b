#include "domain/parts/reservation.hpp"

#include "catalog/ledger/usage.hpp"

#include <algorithm>

namespace landfall::domain {
namespace {

constexpr std::string_view kPartReason = "parts.put";

/// Bytes of the session's stored files and of the parts that have come for others.
Result<std::int64_t> bytes_held(database::Session& session, const UploadId& id) {
    TRY(const std::int64_t files, catalog::sum_upload_bytes(session, id, {}));
    TRY(const std::int64_t parts, catalog::sum_part_bytes(session, id));
    return files + parts;
}

} // namespace

Result<ArrivingRoom> organization_room(database::Session& session, const OrganizationId& organization) {
    TRY(const auto storage, catalog::read_storage(session, organization));
    ArrivingRoom out;
    if (storage.quota) {
        out.budget = storage.available();
        out.room = std::max<std::int64_t>(0, *storage.quota - storage.used);
    }
    return out;
}

Result<ArrivingRoom> session_room(database::Session& session, const catalog::UploadRow& upload) {
    TRY(auto out, organization_room(session, upload.organization_id));
    if (out.budget) {
        TRY(const std::int64_t held, bytes_held(session, upload.id));
        *out.budget = std::max<std::int64_t>(0, upload.reserved_bytes + *out.budget - held);
    }
    return out;
}

Result<bool> settle_reservation(catalog::Transaction& transaction, const UploadId& id, std::string_view reason,
                                Timestamp at) {
    TRY(const auto upload, catalog::find_upload_of_any_organization(transaction, id));
    if (!upload)
        return true;
    TRY(const std::int64_t held, bytes_held(transaction, id));
    const std::int64_t more = std::max(upload->total_bytes, held) - upload->reserved_bytes;
    if (more > 0) {
        TRY(const bool fits,
            catalog::reserve_storage(transaction, {upload->organization_id, more, std::string(reason), id.str(), at}));
        if (!fits)
            return false;
    } else if (more < 0) {
        CHECK_OK(
            catalog::release_storage(transaction, {upload->organization_id, -more, std::string(reason), id.str(), at}));
    }
    CHECK_OK(catalog::raise_reservation(transaction, id, more));
    return true;
}

Result<bool> reserve_part(catalog::Transaction& transaction, const catalog::PartUploadRow& upload, std::int64_t more,
                          Timestamp at) {
    if (upload.upload_id)
        return settle_reservation(transaction, *upload.upload_id, kPartReason, at);
    if (more == 0)
        return true;
    const catalog::StorageReservation bytes{upload.organization_id, std::abs(more), std::string(kPartReason),
                                            upload.id.str(), at};
    if (more > 0) {
        TRY(const bool fits, catalog::reserve_storage(transaction, bytes));
        if (!fits)
            return false;
    } else {
        CHECK_OK(catalog::release_storage(transaction, bytes));
    }
    CHECK_OK(catalog::move_part_reservation(transaction, upload.id, more));
    return true;
}

} // namespace landfall::domain

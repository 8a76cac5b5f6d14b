#include "domain/ingest/upload_bytes.hpp"

#include "core/text.hpp"
#include "domain/parts/reservation.hpp"
#include "storage/blob_key.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

auto closed() {
    return fail(Code::PermissionDenied, "The upload session no longer takes files");
}

struct Slot {
    catalog::UploadFileRow file;
    ArrivingRoom room;
};

/// Where the bytes go, and how many may come.
Result<Slot> find_slot(database::Session& session, std::string_view object_path) {
    constexpr std::string_view kPrefix = "uploads/";
    const auto slash = object_path.find('/', kPrefix.size());
    if (!object_path.starts_with(kPrefix) || slash == std::string_view::npos)
        return fail(Code::NotFound, "The specified key does not exist.");
    const UploadId id(object_path.substr(kPrefix.size(), slash - kPrefix.size()));
    const std::string_view name = object_path.substr(slash + 1);
    TRY(const auto upload, catalog::find_upload_of_any_organization(session, id));
    TRY(const auto file, catalog::find_upload_file(session, id, name));
    if (!upload || !file)
        return closed();
    if (upload->state != catalog::UploadState::Pending && upload->state != catalog::UploadState::Uploading)
        return closed();
    Slot slot{*file, {}};
    TRY(slot.room, session_room(session, *upload));
    if (slot.room.budget)
        *slot.room.budget += file->size; // goes when this one comes
    return slot;
}

Status check_budget(const std::optional<std::int64_t>& budget, std::int64_t bytes) {
    if (!budget || bytes <= *budget)
        return {};
    return fail(Code::PayloadTooLarge,
                fmt::format("The file is larger than the {} bytes that this session may still store", *budget));
}

} // namespace

Result<std::unique_ptr<UploadWrite>> UploadWrite::open(const Services& services, std::string_view object_path,
                                                       std::optional<std::int64_t> length) {
    TRY(auto slot,
        services.database.read_for([&](database::Session& session) { return find_slot(session, object_path); }));
    std::unique_ptr<UploadWrite> write(new UploadWrite(services, std::move(slot.file)));
    if (const Status fits = check_budget(slot.room.budget, length.value_or(0)); !fits)
        return fail(write->over_quota(fits.error()));
    write->budget_ = slot.room.budget;
    write->room_ = slot.room.room;
    TRY(write->writer_, services.store.create(storage::new_blob_key(), length));
    return write;
}

Status UploadWrite::write(std::span<const std::byte> bytes) {
    written_ += static_cast<std::int64_t>(bytes.size());
    if (const Status fits = check_budget(budget_, written_); !fits)
        return fail(over_quota(fits.error()));
    if (!arriving_.add(static_cast<std::int64_t>(bytes.size()), room_))
        return fail(over_quota({Code::PayloadTooLarge,
                                "More bytes are on their way than the organization's storage quota has room for. Send "
                                "one file after the other, or wait until those before have ended"}));
    return writer_->write(bytes);
}

/// The session must not be completed as if the file had never been meant to be there.
Error UploadWrite::over_quota(Error refusal) {
    if (!std::exchange(file_.over_quota, true))
        (void)services_.transactor.run([&](catalog::Transaction& transaction) { // the refusal stands without it
            return catalog::note_over_quota(transaction, file_.upload_id, file_.file_name);
        });
    return refusal;
}

Result<storage::BlobInfo> UploadWrite::commit(catalog::AuditRow record) {
    TRY(auto blob, writer_->finish());
    catalog::PutRecord put;
    put.upload_id = file_.upload_id;
    put.file_name = file_.file_name;
    put.blob_key = blob.key;
    put.size = blob.size;
    put.md5 = to_hex(blob.md5);
    put.sha256 = to_hex(blob.sha256);
    put.at = services_.clock.now();
    record.principal_id = file_.upload_id.str();
    record.organization_id = file_.organization_id;
    record.targets = Json::array({file_.upload_id.str()}).dump();
    auto outcome = services_.transactor.run_for([&](catalog::Transaction& transaction) -> Result<catalog::PutOutcome> {
        TRY(auto recorded, catalog::record_put(transaction, put));
        if (!recorded.accepted)
            return recorded;
        TRY(const bool fits, settle_reservation(transaction, put.upload_id, "uploads.put", put.at));
        if (!fits)
            return fail(Code::PayloadTooLarge, "The file does not fit the organization's storage quota any more");
        CHECK_OK(catalog::append_audit(transaction, record));
        if (recorded.previous_blob)
            transaction.release(*recorded.previous_blob);
        return recorded;
    });
    if (!outcome && outcome.error().code == Code::PayloadTooLarge) {
        (void)services_.store.remove(blob.key);
        return fail(over_quota(std::move(outcome).error()));
    }
    // A write whose fate is unknown keeps its blob: if the row is not there, the sweeper removes it.
    if (!outcome)
        return fail(std::move(outcome).error());
    if (!outcome->accepted) {
        (void)services_.store.remove(blob.key);
        return closed();
    }
    return blob;
}

} // namespace landfall::domain

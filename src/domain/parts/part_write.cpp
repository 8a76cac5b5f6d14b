#include "domain/parts/part_write.hpp"

#include "domain/ledger/journal.hpp"
#include "domain/parts/part_uploads.hpp"
#include "domain/parts/reservation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::domain {
namespace {

auto ended() {
    return fail(Code::NotFound, "The upload in parts has ended, or there never was one");
}

auto being_completed() {
    return fail(Code::Unavailable, "The parts are being put together at the moment");
}

auto closed() {
    return fail(Code::PermissionDenied, "The upload session no longer takes files");
}

bool takes_files(const catalog::UploadRow& upload) {
    return upload.state == catalog::UploadState::Pending || upload.state == catalog::UploadState::Uploading;
}

struct Slot {
    catalog::PartUploadRow upload;
    ArrivingRoom room;
};

Result<Slot> find_slot(database::Session& session, const PartUploadId& id, int number) {
    TRY(const auto upload, catalog::find_part_upload_of_any_organization(session, id));
    if (!upload || upload->state != catalog::PartUploadState::InProgress)
        return ended();
    Slot slot{*upload, {}};
    if (upload->upload_id) {
        TRY(const auto of_session, catalog::find_upload_of_any_organization(session, *upload->upload_id));
        if (!of_session || !takes_files(*of_session))
            return closed();
        TRY(slot.room, session_room(session, *of_session));
    } else {
        TRY(slot.room, organization_room(session, upload->organization_id));
    }
    TRY(const auto before, catalog::list_arrived_parts(session, id, number - 1, 1));
    if (slot.room.budget && !before.empty() && before.front().number == number)
        *slot.room.budget += before.front().size; // goes when this one comes
    return slot;
}

/// The most bytes that the part may have.
Result<std::int64_t> most_bytes(const catalog::PartUploadRow& upload, int number) {
    if (!upload.part_size)
        return kLargestPart;
    if (!upload.size)
        return *upload.part_size;
    const std::int64_t count = part_count(*upload.size, *upload.part_size);
    if (number > count)
        return fail(Code::InvalidArgument, fmt::format("A file of {} bytes has {} parts of {} bytes, and none of "
                                                       "number {}",
                                                       *upload.size, count, *upload.part_size, number));
    return std::min(*upload.part_size, *upload.size - *upload.part_size * (number - 1));
}

} // namespace

Result<std::unique_ptr<PartWrite>> PartWrite::open(const Services& services, const PartUploadId& id, int number,
                                                   std::optional<std::int64_t> length) {
    CHECK_OK(storage::check_part_number(number));
    if (services.store.parts() == nullptr)
        return ended();
    TRY(auto slot,
        services.database.read_for([&](database::Session& session) { return find_slot(session, id, number); }));
    std::unique_ptr<PartWrite> write(new PartWrite(services, std::move(slot.upload), number));
    TRY(write->most_, most_bytes(write->upload_, number));
    write->budget_ = slot.room.budget;
    write->room_ = slot.room.room;
    CHECK_OK(write->check_size(length.value_or(0)));
    CHECK_OK(write->begin(length));
    return write;
}

/// The store hears of the upload with its first part, whose size tells where it lies if none was agreed upon: a guess
/// that costs a copy when it is wrong.
Status PartWrite::begin(std::optional<std::int64_t> length) {
    if (upload_.claim_token && upload_.lease_until && *upload_.lease_until > services_.clock.now())
        return being_completed();
    if (upload_.etag && services_.store.open(upload_.blob_key))
        return being_completed(); // whoever put them together is gone: completing again ends it
    storage::PartStore& parts = *services_.store.parts();
    auto writer = parts.put_part(upload_.blob_key, number_, length);
    if (!writer && writer.error().code == Code::NotFound) {
        const auto size = upload_.part_size ? upload_.part_size : length;
        const Status made = parts.create(upload_.blob_key, {size && *size > 0 ? size : std::nullopt});
        if (!made && made.error().code != Code::Conflict)
            return made;
        writer = parts.put_part(upload_.blob_key, number_, length);
    }
    if (!writer && writer.error().code == Code::NotFound)
        return ended();
    if (!writer && writer.error().code == Code::Conflict)
        return being_completed();
    if (!writer)
        return fail(writer.error());
    writer_ = *std::move(writer);
    return {};
}

Status PartWrite::check_size(std::int64_t bytes) {
    if (bytes > most_)
        return fail(Code::BadRequest, fmt::format("Part {} has at most {} bytes", number_, most_));
    if (budget_ && bytes > *budget_)
        return fail(over_quota({Code::PayloadTooLarge,
                                fmt::format("The storage quota has room for {} more bytes of this file", *budget_)}));
    return {};
}

Status PartWrite::write(std::span<const std::byte> bytes) {
    written_ += static_cast<std::int64_t>(bytes.size());
    CHECK_OK(check_size(written_));
    if (!arriving_.add(static_cast<std::int64_t>(bytes.size()), room_))
        return fail(over_quota({Code::PayloadTooLarge,
                                "More bytes are on their way than the organization's storage quota has room for. Send "
                                "one part after the other, or wait until those before have ended"}));
    return writer_->write(bytes);
}

/// The session must not be completed as if the file had never been meant to be there.
Error PartWrite::over_quota(Error refusal) {
    if (upload_.upload_id && !std::exchange(told_over_quota_, true))
        (void)services_.transactor.run([&](catalog::Transaction& transaction) { // the refusal stands without it
            return catalog::note_over_quota(transaction, *upload_.upload_id, upload_.file_name);
        });
    return refusal;
}

Result<storage::BlobInfo> PartWrite::digest() {
    TRY(const auto part, writer_->digest());
    return storage::BlobInfo{upload_.blob_key, part.size, part.md5, part.sha256, 0};
}

/// Before the bytes take the place of earlier ones, so that the quota never is behind.
Status PartWrite::count(std::int64_t size) {
    const Timestamp now = services_.clock.now();
    const auto counted = services_.transactor.run_for([&](catalog::Transaction& transaction) -> Result<bool> {
        if (upload_.upload_id) {
            TRY(const bool takes, catalog::touch_upload(transaction, *upload_.upload_id, now));
            if (!takes)
                return closed();
        }
        TRY(const auto more, catalog::count_part(transaction, {upload_.id, number_, size, now}, upload_.claim_token));
        if (!more)
            return false;
        TRY(const bool fits, reserve_part(transaction, upload_, *more, now));
        if (!fits)
            return fail(Code::PayloadTooLarge, "The part does not fit the organization's storage quota any more");
        return true;
    });
    if (!counted && counted.error().code == Code::PayloadTooLarge)
        return fail(over_quota(counted.error()));
    if (!counted)
        return fail(counted.error());
    if (*counted)
        return {};
    CHECK_OK(check_still_open());
    return being_completed();
}

/// A part that became durable while others put the parts together may be among them or not: nobody is told that it is.
Status PartWrite::check_still_open() {
    TRY(const auto now, services_.database.read_for([&](database::Session& session) {
        return catalog::find_part_upload_of_any_organization(session, upload_.id);
    }));
    if (now && now->state == catalog::PartUploadState::InProgress)
        return now->claim_token && now->claim_token != upload_.claim_token ? Status(being_completed()) : Status();
    writer_.reset();
    (void)services_.store.parts()->abort(upload_.blob_key); // what a part that came late has begun anew
    return ended();
}

Result<storage::BlobInfo> PartWrite::commit(catalog::AuditRow record) {
    CHECK_OK(check_size(written_));
    TRY(const auto known, digest());
    CHECK_OK(count(known.size));
    const auto part = writer_->finish();
    if (!part && part.error().code == Code::NotFound)
        return ended();
    if (!part)
        return fail(part.error());
    CHECK_OK(check_still_open());
    record.principal_id = upload_.upload_id ? upload_.upload_id->str() : upload_.id.str();
    record.organization_id = upload_.organization_id;
    record.targets = Json::array({upload_.id.str()}).dump();
    services_.journal.audit(std::move(record));
    return known;
}

} // namespace landfall::domain

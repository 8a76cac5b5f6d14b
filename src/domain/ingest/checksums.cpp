#include "domain/ingest/checksums.hpp"

#include "catalog/items/asset.hpp"
#include "catalog/items/object.hpp"
#include "catalog/work/part_upload.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"
#include "domain/items/blob_copy.hpp"
#include "domain/items/shelf.hpp"
#include "domain/work/awaited_tasks.hpp"
#include "imagery/tasks.hpp"

#include <algorithm>
#include <set>

namespace landfall::domain {
namespace {

using catalog::ChecksumState;

constexpr std::size_t kChunk = std::size_t{1} << 20U; ///< bytes
constexpr std::string_view kWorkerFile = "input.bin";
constexpr double kStoredShare = 0.5; ///< of the progress, where the decoded bytes are read as well

/// The object, and what whoever sent it declares.
struct Subject {
    std::optional<catalog::ObjectRow> object;
    std::optional<catalog::PartUploadRow> upload;
};

Result<std::string> read_sha256(const Services& services, jobs::JobContext& job, const catalog::ObjectRow& object) {
    if (!object.sha256.empty())
        return object.sha256;
    TRY(const auto blob, services.store.open(object.blob_key));
    Digest digest(DigestKind::Sha256);
    std::vector<std::byte> chunk(kChunk);
    for (std::int64_t at = 0; at < blob->size();) {
        TRY(const std::size_t got, blob->read(at, chunk));
        if (got == 0)
            return fail(Code::Unavailable, "The stored file ended before its end");
        digest.update(std::span(chunk).first(got));
        at += static_cast<std::int64_t>(got);
        if (!job.report(kStoredShare * static_cast<double>(at) / static_cast<double>(blob->size()), "reading"))
            return fail(Code::Canceled, "The job was stopped");
    }
    TRY(const auto raw, digest.value());
    return to_hex(raw);
}

/// What a client said of the whole file.
struct Declared {
    std::string checksum; ///< multihash of the decoded bytes
    std::optional<imagery::ContentCoding> coding;
};
Declared declared_of(const Subject& subject) {
    const Json declared = Json::parse(subject.upload ? subject.upload->declared : "{}").value_or(Json());
    return {lower_case(declared["checksum"].as_view()),
            schema::enum_value<imagery::ContentCoding>(declared["content_encoding"].as_view())};
}

/// How a declared checksum stands beside the decoded bytes.
Result<ChecksumState> read_content(const Services& services, jobs::JobContext& job, const std::string& blob_key,
                                   const Declared& declared) {
    TRY(const auto folder, jobs::ScratchFolder::make(services.settings.scratch_directory));
    TRY(const auto files, lay_out(services.blobs, folder, {{std::string(kWorkerFile), blob_key}}, ""));
    const auto outcome = services.launcher.run(imagery::kDigestContent, folder.path(), {files.file, *declared.coding},
                                               probe_limits(services.settings.limits), job.progress(kStoredShare, 1));
    if (outcome.answer)
        return multihash_sha256(from_hex(outcome.answer->sha256).value_or("")) == declared.checksum
                   ? ChecksumState::Verified
                   : ChecksumState::Damaged;
    Error error = task_failure(outcome.end, outcome.answer.error());
    if (error.code != Code::InvalidArgument)
        return fail(std::move(error));
    return outcome.end == jobs::TaskEnd::Done ? ChecksumState::Damaged : ChecksumState::Declared;
}

/// How assets stand for which nothing was declared, or what the bytes have; and those for which something else was.
catalog::FoundChecksum found_in(const Services& services, const Subject& subject, std::string sha256) {
    catalog::FoundChecksum found;
    found.object_id = subject.object->id;
    found.blob_key = subject.object->blob_key;
    found.multihash = multihash_sha256(from_hex(sha256).value_or(""));
    const auto& upload = subject.upload;
    const bool verifies = services.settings.verify_checksums;
    const bool differs = upload && upload->sha256 && *upload->sha256 != sha256;
    found.state = schema::enum_text(verifies && differs ? ChecksumState::Damaged : ChecksumState::Verified);
    found.state_if_declared = schema::enum_text(verifies ? ChecksumState::Damaged : ChecksumState::Declared);
    found.sha256 = std::move(sha256);
    return found;
}

/// Writes the documents of the items anew that show the object.
Status tell_items(Context& cx, const catalog::ObjectRow& object) {
    TRY(const auto assets, catalog::list_assets_of_object(cx.session, object.organization_id, object.id));
    std::set<ItemId> items; // in one order, as all that lock several items do
    for (const auto& asset : assets)
        items.insert(asset.item_id);
    for (const auto& id : items) {
        TRY(auto item, catalog::lock_item(cx.session, object.organization_id, id));
        if (!item)
            continue;
        TRY(auto shelf, Shelf::open(cx, *std::move(item)));
        CHECK_OK(shelf.store(catalog::IndexUpdate::Keep));
    }
    return {};
}

} // namespace

Result<ChecksumResult> run_checksum(const Services& services, jobs::JobContext& job, const ChecksumPayload& payload) {
    TRY(const auto subject, services.database.read_for([&](database::Session& session) -> Result<Subject> {
        Subject out;
        TRY(out.object, catalog::find_object_of_blob(session, payload.blob_key));
        TRY(out.upload, catalog::find_part_upload_of_blob(session, payload.blob_key));
        return out;
    }));
    if (!subject.object || subject.object->refs == 0)
        return ChecksumResult{{}, "nothing has the file any more"};
    TRY(auto sha256, read_sha256(services, job, *subject.object));
    const ChecksumResult result{sha256, {}};
    auto found = found_in(services, subject, std::move(sha256));
    if (const Declared declared = declared_of(subject); declared.coding && services.settings.verify_checksums) {
        TRY(const auto state, read_content(services, job, payload.blob_key, declared));
        found.state = found.state_if_declared = schema::enum_text(state);
    }
    CHECK_OK(transact_for(services, job, [&](Context& cx) -> Status {
        CHECK_OK(catalog::note_checksum(cx.session, found));
        CHECK_OK(tell_items(cx, *subject.object));
        return job.finish(cx.transaction, result);
    }));
    return result;
}

} // namespace landfall::domain

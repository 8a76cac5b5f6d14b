#include "domain/ingest/ingest_job.hpp"

#include "core/text.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/tenancy/usage.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

/// After that another job has its turn.
constexpr std::chrono::seconds kPart{10};
/// Until a session whose job never comes can be completed by a call again.
constexpr std::chrono::minutes kLease{30};

Status note_group(Context& cx, const catalog::UploadRow& upload, const IngestGroup& group) {
    if (group.cog)
        cx.transaction.release(group.cog->file.info.key); // a job makes it again
    if (group.known)
        return {};
    const std::string text = fmt::format(R"({{"reading":{},"facts":{}}})", Json(reading_of(upload, group)).dump(),
                                         schema::to_json_text(group.facts));
    return catalog::note_probed(cx.session, group.primary.row.upload_id, group.primary.row.file_name, text);
}

/// Writes down what one part came to, in the transaction that ends the job.
Result<std::string> conclude(Context& cx, const Result<PreparedIngest>& part, const catalog::UploadRow& upload) {
    if (!part) {
        const catalog::UploadFailure failure{clean_utf8(part.error().message, 4096), "ingest", cx.now,
                                             upload.claim_token};
        CHECK_OK(end_upload(cx.transaction, upload, failure, "uploads.complete"));
        return "failed";
    }
    if (part->unfinished) {
        CHECK_OK(hand_over_ingest(cx, *part));
        return "goes_on";
    }
    TRY(const auto before, measure_catalog(cx));
    CHECK_OK(commit_ingest(cx, *part));
    if (before)
        CHECK_OK(check_catalog_share(cx, *before));
    return "completed";
}

} // namespace

Status hand_over_ingest(Context& cx, const PreparedIngest& prepared) {
    const catalog::UploadRow& upload = prepared.upload;
    const ReadUpload payload{upload.id.str(), unique_part()};
    TRY(const bool ours,
        catalog::pass_upload_claim(cx.session, upload.id, prepared.token, payload.token, cx.now + kLease));
    if (!ours)
        return fail_race("The upload was taken over by another call; ask it for the result by completing again");
    for (const auto& group : prepared.groups)
        CHECK_OK(note_group(cx, upload, group));
    JobSubject subject;
    subject.organization_id = upload.organization_id;
    subject.project_id = upload.project_id;
    subject.inputs = {{"upload", upload.id.str()}};
    subject.is_hidden = true;
    return enqueue(cx, kReadUploadJob, payload, std::move(subject)).map([](const JobId&) {});
}

Result<UploadPart> run_read_upload(const Services& services, jobs::JobContext& job, const ReadUpload& payload) {
    TRY(const auto upload, services.database.read_for([&](database::Session& session) {
        return catalog::find_upload(session, job.job().organization_id, UploadId(payload.upload_id));
    }));
    if (!upload || upload->state != catalog::UploadState::Processing || upload->claim_token != payload.token)
        return UploadPart{"skipped"};
    const auto part = resume_ingest(services, *upload, kPart);
    if (!part && part.error().code != Code::InvalidArgument)
        return fail(part.error());
    UploadPart result;
    CHECK_OK(transact_for(services, job, [&](Context& cx) -> Status {
        TRY(result.outcome, conclude(cx, part, *upload));
        return job.finish(cx.transaction, result);
    }));
    return result;
}

Status give_up_read_upload(const Services& services, catalog::Transaction& transaction, const catalog::JobRow&,
                           const ReadUpload& payload, const Error&) {
    return catalog::return_upload(transaction, UploadId(payload.upload_id), payload.token, services.clock.now())
        .map([](bool) {});
}

} // namespace landfall::domain

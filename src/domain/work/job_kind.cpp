#include "domain/work/job_kind.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

catalog::JobRow row_of(const Context& cx, JobOrder order, const JobSubject& subject) {
    catalog::JobRow job;
    job.id = JobId::make();
    job.kind = order.kind;
    job.organization_id = subject.organization_id;
    job.project_id = subject.project_id;
    job.item_id = subject.item_id;
    job.payload = std::move(order.payload);
    job.priority = order.priority;
    job.max_attempts = order.max_attempts;
    job.dedupe_key = subject.dedupe_key;
    job.is_hidden = subject.is_hidden;
    job.created_by = cx.principal.user_id;
    job.run_after = job.created_at = job.updated_at = cx.now;
    return job;
}

} // namespace

JobSubject subject_of(const catalog::AssetRow& asset, std::string_view kind) {
    JobSubject subject;
    subject.organization_id = asset.organization_id;
    subject.project_id = asset.project_id;
    subject.item_id = asset.item_id;
    subject.inputs = {{"asset", asset.id.str()}};
    subject.dedupe_key = fmt::format("{}:{}", kind, asset.id.str());
    return subject;
}

Result<JobId> enqueue_order(Context& cx, JobOrder order, JobSubject subject) {
    const auto job = row_of(cx, std::move(order), subject);
    TRY(JobId id, catalog::enqueue_job(cx.session, job));
    cx.transaction.queued_jobs();
    if (id != job.id) {
        for (auto& blob : subject.blobs)
            cx.transaction.release(std::move(blob.info.key));
        return id;
    }
    for (auto& input : subject.inputs)
        CHECK_OK(
            catalog::insert_job_link(cx.session, {id, catalog::JobRole::Input, std::move(input), job.organization_id}));
    for (const auto& [name, info] : subject.blobs)
        CHECK_OK(catalog::insert_job_blob(cx.session, {id, catalog::JobRole::Input, name, job.organization_id, info.key,
                                                       info.size, to_hex(info.sha256), cx.now}));
    return id;
}

auth::Principal job_principal(const catalog::JobRow& job) {
    auth::Principal principal;
    principal.type = auth::PrincipalType::Service;
    principal.id = job.id.str();
    principal.organization_id = job.organization_id;
    principal.user_id = job.created_by;
    principal.grants.in_organization = auth::OrganizationRole::Admin;
    return principal;
}

Result<std::shared_ptr<const storage::BlobReader>> open_input(const Services& services, const jobs::JobContext& job,
                                                              std::string_view name) {
    TRY(const auto blob,
        services.database.read_for([&](database::Session& session) { return job.input_blob(session, name); }));
    return services.store.open(blob.blob_key);
}

Status add_output(database::Session& session, const jobs::JobContext& job, std::string_view name,
                  const HeldBlob& blob) {
    return job.add_output_blob(session, name, {blob.info.key, blob.info.size, to_hex(blob.info.sha256)});
}

} // namespace landfall::domain

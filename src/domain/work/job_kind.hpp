#pragma once
/// Kinds of jobs: a name, the types of payload and result, and the functions that do it. A kind is a constant, used to
/// queue its jobs (`enqueue`) and to run them (`handler_of`); domain/upkeep/job_kinds.cpp lists all of them.
///
///     struct ClipPayload { std::string asset_id; };
///     constexpr auto describe(schema::Of<ClipPayload>) { … }
///     Result<ClipResult> run_clip(const Services&, jobs::JobContext& job, const ClipPayload& payload);
///     inline constexpr JobKind<ClipPayload, ClipResult> kClip{.name = "item.clip", .run = run_clip};
///
/// Payload and result are rows of at most `catalog::kMaxJobText`; what is larger is a blob of the job.

#include "catalog/items/asset.hpp"
#include "catalog/work/job_link.hpp"
#include "domain/transact.hpp"
#include "domain/work/held_blob.hpp"
#include "jobs/job_context.hpp"
#include "schema/task_spec.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::domain {

template<typename Payload, typename Outcome>
struct JobKind {
    std::string_view name;
    std::int64_t max_attempts = 3; ///< failures that may pass are tried again after 5 s, 10 s, 20 s, …
    std::int64_t priority = 0;     ///< within an organization, higher goes first
    /// See jobs::JobHandler::run.
    Result<Outcome> (*run)(const Services& services, jobs::JobContext& job, const Payload& payload) = nullptr;
    /// See jobs::JobHandler::give_up.
    Status (*give_up)(const Services& services, catalog::Transaction& transaction, const catalog::JobRow& job,
                      const Payload& payload, const Error& error) = nullptr;
};

/// What a job is about, beside its payload.
struct JobSubject {
    /// A blob that the job reads, under a name of the kind's own.
    struct Blob {
        std::string name;
        storage::BlobInfo info; ///< the HeldBlob it is of must live until the commit
    };
    OrganizationId organization_id;
    std::optional<ProjectId> project_id;
    std::optional<ItemId> item_id;
    std::vector<catalog::Entity> inputs; ///< what it reads
    std::vector<Blob> blobs;
    std::optional<std::string> dedupe_key; ///< at most one pending or running job of it
    bool is_hidden = false;                ///< upkeep of our own, not shown in lists
};

/// One of the kind that reads an asset; not a second one while another is pending or running.
JobSubject subject_of(const catalog::AssetRow& asset, std::string_view kind);

/// A job without its types.
struct JobOrder {
    std::string_view kind;
    std::int64_t max_attempts = 3;
    std::int64_t priority = 0;
    std::string payload;
};
Result<JobId> enqueue_order(Context& cx, JobOrder order, JobSubject subject);

/// Queues a job within the caller's transaction; the workers are woken once it commits. If a live job has its
/// dedupe_key, that one's id comes back and the blobs are released. PayloadTooLarge if the payload belongs into a blob.
template<typename Payload, typename Outcome>
Result<JobId> enqueue(Context& cx, const JobKind<Payload, Outcome>& kind, const Payload& payload, JobSubject subject) {
    return enqueue_order(cx, {kind.name, kind.max_attempts, kind.priority, schema::to_json_text(payload)},
                         std::move(subject));
}

/// Opens the blob that a job was given under a name. NotFound if it was given none.
Result<std::shared_ptr<const storage::BlobReader>> open_input(const Services& services, const jobs::JobContext& job,
                                                              std::string_view name);
/// Adds bytes to what the job answers, within the transaction that finishes it.
Status add_output(database::Session& session, const jobs::JobContext& job, std::string_view name, const HeldBlob& blob);

/// Whom a job works for: its organization, without a caller.
auth::Principal job_principal(const catalog::JobRow& job);

/// Runs `work`, which takes a Context and gives a Status, in a transaction of the job's own.
template<typename Work>
Status transact_for(const Services& services, const jobs::JobContext& job, Work work) {
    const auto principal = job_principal(job.job());
    const Call call{services, principal, services.clock.now(), job.job().id.str(), "", "", {}};
    return transact(call, work);
}

/// A stored payload. InvalidArgument, so that nobody tries again, if its table does not allow it: another version of
/// the program wrote it.
template<typename Payload>
Result<Payload> read_payload(const catalog::JobRow& job) {
    auto payload = schema::read_answer<Payload>(job.kind, job.payload);
    if (!payload)
        return fail(Error(Code::InvalidArgument, "This version of the program cannot read what the job is to do")
                        .because(payload.error().cause));
    return payload;
}

/// How the worker loop runs a kind. `services` must outlive it.
template<typename Payload, typename Outcome>
jobs::JobHandler handler_of(const Services& services, const JobKind<Payload, Outcome>& kind) {
    jobs::JobHandler handler;
    handler.kind = kind.name;
    handler.run = [&services, run = kind.run](jobs::JobContext& job) -> Result<Json> {
        TRY(const Payload payload, read_payload<Payload>(job.job()));
        TRY(const Outcome outcome, run(services, job, payload));
        return Json::parse(schema::to_json_text(outcome));
    };
    if (kind.give_up != nullptr)
        handler.give_up = [&services, give_up = kind.give_up](catalog::Transaction& transaction,
                                                              const catalog::JobRow& job,
                                                              const Error& error) -> Status {
            const auto payload = read_payload<Payload>(job);
            // A job that nobody can read must still come to its end.
            return payload ? give_up(services, transaction, job, *payload, error) : Status();
        };
    return handler;
}

} // namespace landfall::domain

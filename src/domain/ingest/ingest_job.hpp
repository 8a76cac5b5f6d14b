#pragma once
/// The rest of an upload session that takes longer to read than a call may last: a job reads it in parts, so that it
/// holds neither a thread of calls nor one of jobs while others wait. Decision: docs/decisions/0012-shares.md.

#include "domain/ingest/ingest.hpp"
#include "domain/work/job_kind.hpp"

#include <optional>
#include <string>

namespace landfall::domain {

/// A session that is `processing` under the token.
struct ReadUpload {
    std::string upload_id;
    std::string token;
};
constexpr auto describe(schema::Of<ReadUpload>) {
    constexpr schema::Rules kId{.required = true, .min_length = 1, .max_length = 64};
    return schema::fields(schema::field("upload_id", &ReadUpload::upload_id, kId),
                          schema::field("token", &ReadUpload::token, kId));
}

/// What one part came to.
struct UploadPart {
    std::string outcome; ///< completed, goes_on, failed or skipped
};
constexpr auto describe(schema::Of<UploadPart>) {
    return schema::fields(schema::field("outcome", &UploadPart::outcome, {.required = true}));
}

/// Notes what was found so far and queues the reading of the rest; the session stays `processing` meanwhile. Aborted if
/// another call has taken it over.
Status hand_over_ingest(Context& cx, const PreparedIngest& prepared);

Result<UploadPart> run_read_upload(const Services& services, jobs::JobContext& job, const ReadUpload& payload);
/// The session can be completed again, which tells what stood in the way.
Status give_up_read_upload(const Services& services, catalog::Transaction& transaction, const catalog::JobRow& job,
                           const ReadUpload& payload, const Error& error);

inline constexpr JobKind<ReadUpload, UploadPart> kReadUploadJob{
    .name = "upload.read", .priority = 1, .run = run_read_upload, .give_up = give_up_read_upload};

} // namespace landfall::domain

#pragma once
/// What a job reads and makes: relations to things of the catalog, and blobs of its own for what no row should hold.

#include "catalog/items/provenance.hpp"
#include "catalog/vocabulary.hpp"
#include "catalog/work/job.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::catalog {

enum class JobRole { Input, Output };

constexpr auto enum_names(schema::Of<JobRole>) {
    return std::array{std::pair{JobRole::Input, std::string_view("input")},
                      std::pair{JobRole::Output, std::string_view("output")}};
}

struct JobLinkRow {
    JobId job_id;
    JobRole role = JobRole::Input;
    Entity entity; ///< of the provenance's types: an asset, an item, …
    OrganizationId organization_id;
};

constexpr auto columns(Of<JobLinkRow>) {
    using R = JobLinkRow;
    using enum Use;
    return table("job_link", column("job_id", &R::job_id, Key), column("role", &R::role, Key),
                 column("entity_type", &R::entity, &Entity::type, Key),
                 column("entity_id", &R::entity, &Entity::id, Key), column("organization_id", &R::organization_id));
}

struct JobBlobRow {
    JobId job_id;
    JobRole role = JobRole::Input;
    std::string name; ///< one of the kind's own, unique in its role
    OrganizationId organization_id;
    std::string blob_key; ///< kept alive by this row
    std::int64_t size = 0;
    std::string sha256; ///< hexadecimal
    Timestamp created_at{};
};

constexpr auto columns(Of<JobBlobRow>) {
    using R = JobBlobRow;
    using enum Use;
    return table("job_blob", column("job_id", &R::job_id, Key), column("role", &R::role, Key),
                 column("name", &R::name, Key), column("organization_id", &R::organization_id),
                 column("blob_key", &R::blob_key), column("size", &R::size), column("sha256", &R::sha256),
                 column("created_at", &R::created_at));
}

/// Writes down what a job reads or makes; once is enough.
Status insert_job_link(Session& session, const JobLinkRow& row);
/// What a job reads, or makes.
Result<std::vector<Entity>> list_job_links(Session& session, const JobId& job, JobRole role);
/// The newest job of a kind that reads (or makes) the entity, hidden ones included.
Result<std::optional<JobSummary>> find_job_of(Session& session, std::string_view kind, const JobLinkRow& link);

/// Conflict if the job has a blob of that name in that role.
Status insert_job_blob(Session& session, const JobBlobRow& row);
Result<std::optional<JobBlobRow>> find_job_blob(Session& session, const JobId& job, JobRole role,
                                                std::string_view name);
/// Blobs that nobody needs any more: inputs of jobs that have ended, outputs of those that ended before
/// `outputs_before` or were deleted.
Result<std::vector<JobBlobRow>> list_spent_job_blobs(Session& session, Timestamp outputs_before, std::int64_t limit);
/// Lets go of one; its bytes are removed after the commit, unless something else names them. False if it is gone.
Result<bool> delete_job_blob(Session& session, const JobBlobRow& row);

} // namespace landfall::catalog

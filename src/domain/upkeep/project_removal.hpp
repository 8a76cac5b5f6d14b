#pragma once
/// How a project goes: in one step out of sight, then emptied in many small ones, so that a large project neither keeps
/// other writers waiting nor is ever seen half gone. Checks no roles. Contract: geopera.md section 3.3.

#include "catalog/tenancy/project.hpp"
#include "catalog/transaction.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <stop_token>

namespace landfall::domain {

/// Marks a live project deleted and ends its jobs: from the commit on nobody finds it or what it holds. NotFound if
/// another call was faster.
Status retire_project(catalog::Transaction& transaction, const OrganizationId& organization, const ProjectId& id,
                      Timestamp now);

struct Emptying {
    const catalog::Transactor& transactor;
    const Clock& clock;
    std::stop_token stop{}; ///< ends it between two steps
};
/// Ends the uploads of a deleted project and removes its items, deleted ones too, and its collections for good. Each
/// step keeps quota and reference counts true. Gives the bytes that came back to the quota.
Result<std::int64_t> empty_project(const Emptying& with, const catalog::DeletedProject& project);

/// Does the same for all deleted projects that were left unfinished. A project counts as empty an hour after it was
/// deleted: what a call that began before it adds to it is still removed.
Status empty_deleted_projects(const Emptying& with);

} // namespace landfall::domain

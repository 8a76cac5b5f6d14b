#pragma once
/// How an organization goes. Checks no roles: whoever calls has.

#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/project.hpp"
#include "catalog/transaction.hpp"
#include "core/time.hpp"

#include <vector>

namespace landfall::domain {

/// From the commit on nobody finds it or anything in it: its projects are deleted, its keys revoked, its memberships
/// and invitations ended; its users stay. Gives the projects, for the caller to empty (`empty_project`).
Result<std::vector<catalog::DeletedProject>> retire_organization(catalog::Transaction& transaction,
                                                                 catalog::OrganizationRow organization, Timestamp now);

} // namespace landfall::domain

#include "domain/upkeep/organization_removal.hpp"

#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/invitation.hpp"
#include "catalog/tenancy/member.hpp"
#include "domain/upkeep/project_removal.hpp"

namespace landfall::domain {

Result<std::vector<catalog::DeletedProject>> retire_organization(catalog::Transaction& transaction,
                                                                 catalog::OrganizationRow organization, Timestamp now) {
    database::Session& session = transaction.session;
    TRY(const auto projects, catalog::list_projects(session, organization.id, catalog::ArchivedProjects::Show));
    std::vector<catalog::DeletedProject> deleted;
    for (const auto& project : projects) {
        CHECK_OK(retire_project(transaction, organization.id, project.id, now));
        deleted.push_back({organization.id, project.id, now});
    }
    TRY(const auto keys, catalog::list_api_keys(session, organization.id));
    for (const auto& key : keys)
        CHECK_OK(catalog::revoke_api_key(session, organization.id, key.id, now));
    CHECK_OK(catalog::delete_invitations(session, organization.id));
    CHECK_OK(catalog::delete_memberships(session, organization.id));
    organization.slug = organization.id.str(); // another one may take its own
    organization.deleted_at = organization.updated_at = now;
    CHECK_OK(catalog::update_organization(session, organization));
    transaction.changes(organization.id);
    return deleted;
}

} // namespace landfall::domain

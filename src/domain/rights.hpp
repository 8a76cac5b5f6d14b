#pragma once
/// What a call found out about its caller's rights within one transaction. `domain/tenancy/access.hpp` fills it.

#include "auth/principal.hpp"
#include "core/ids.hpp"
#include "schema/fields.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace landfall::domain {

/// A question about the caller's rights that a rule asked and that was answered with yes.
struct PassedCheck {
    OrganizationId organization_id;
    std::optional<ProjectId> project_id; ///< absent: a role in the organization was asked for
    std::optional<ItemId> item_id;       ///< the item of the project that it was about, if it was about one
    std::string role;                    ///< name of the least role that does
};

constexpr auto describe(schema::Of<PassedCheck>) {
    using schema::field;
    using C = PassedCheck;
    return schema::fields(field("organization_id", &C::organization_id, {.required = true}),
                          field("project_id", &C::project_id), field("item_id", &C::item_id),
                          field("role", &C::role, {.required = true}));
}

struct Rights {
    /// Memberships that were looked up, so that none is looked up twice.
    std::vector<std::pair<OrganizationId, std::optional<auth::OrganizationRole>>> in_organizations;
    std::vector<std::pair<ProjectId, std::optional<auth::ProjectRole>>> in_projects;
    bool keep_passed = false;        ///< asked for where the answer is stored for repeats, which must pass them as well
    std::vector<PassedCheck> passed; ///< oldest first, if they are kept
};

} // namespace landfall::domain

#pragma once
/// What must hold of an organization's usage after every change.

#include "core/ids.hpp"
#include "database/database.hpp"

namespace landfall::catalog::test_support {

/// Whether every counter equals its ledger's sum.
inline Result<bool> usage_adds_up(Session& session, const OrganizationId& organization) {
    TRY(const auto unequal, session.first(
                                R"(
SELECT 1 FROM usage_counter c WHERE c.organization_id = ?1 AND c.value <> (
    SELECT coalesce(sum(e.delta), 0) FROM usage_entry e WHERE e.organization_id = ?1 AND e.kind = c.kind))",
                                [](const Row&) { return true; }, organization));
    return !unequal;
}

} // namespace landfall::catalog::test_support

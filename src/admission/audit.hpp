#pragma once
/// The audit record of a call. Contract: geopera.md section 4.

#include "admission/act.hpp"
#include "catalog/ledger/audit.hpp"
#include "domain/context.hpp"

namespace landfall::admission {

/// The record of a call that ended at `end`, of outcome "ok" and without targets.
catalog::AuditRow audit_row(const domain::Call& call, const Act& act, Timestamp end);

} // namespace landfall::admission

#pragma once
/// Credits: what an organization's jobs may spend in a calendar month (UTC). Those of jobs that are not ended are
/// reserved, and given back by their failure, by whatever ends them. Contract: geopera.md section 8.

#include "catalog/work/processing_job.hpp"
#include "domain/context.hpp"

namespace landfall::domain {

/// PaymentRequired unless so many more fit beside what is spent and reserved; one call at a time of an organization.
/// What is put into the catalog in the same transaction reserves them.
Status check_credits(Context& cx, const OrganizationId& organization, std::int64_t wanted);

/// Spent and reserved in the month of an instant.
Result<catalog::CreditUse> credit_use(database::Session& session, const OrganizationId& organization, Timestamp now);

} // namespace landfall::domain

#include "domain/processing/credits.hpp"

#include "catalog/tenancy/subscription.hpp"

#include <fmt/format.h>

namespace landfall::domain {

Result<catalog::CreditUse> credit_use(database::Session& session, const OrganizationId& organization, Timestamp now) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    const Timestamp beginning(std::chrono::sys_days{day.year() / day.month() / std::chrono::day{1}});
    return catalog::read_credits(session, organization, beginning);
}

Status check_credits(Context& cx, const OrganizationId& organization, std::int64_t wanted) {
    TRY(const auto subscription, catalog::lock_subscription(cx.session, organization));
    if (!subscription.credits_limit)
        return {};
    TRY(const auto use, credit_use(cx.session, organization, cx.now));
    if (use.settled + use.reserved + wanted <= *subscription.credits_limit)
        return {};
    return fail(Code::PaymentRequired,
                fmt::format("The job takes {} credits; of the {} that the organization's jobs may spend this month {} "
                            "are spent and {} reserved. Wait for other jobs, or ask the server's operator for more",
                            wanted, *subscription.credits_limit, use.settled, use.reserved));
}

} // namespace landfall::domain

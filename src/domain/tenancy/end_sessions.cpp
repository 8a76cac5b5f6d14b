#include "domain/tenancy/end_sessions.hpp"

#include "catalog/sign_in/session.hpp"
#include "catalog/tenancy/api_key.hpp"
#include "catalog/tenancy/user.hpp"

namespace landfall::domain {

Result<std::int64_t> end_sessions(catalog::Transaction& transaction, const UserId& user, Timestamp now) {
    TRY(const auto places, catalog::list_organizations_of(transaction, user));
    for (const auto& organization : places)
        transaction.changes(organization);
    return catalog::end_sessions_of(transaction, user, now);
}

Result<std::int64_t> end_sessions(catalog::Transaction& transaction, const ApiKeyId& key, Timestamp now) {
    TRY(const auto row, catalog::find_api_key(transaction, key));
    if (row)
        transaction.changes(row->organization_id);
    return catalog::end_sessions_of(transaction, key, now);
}

} // namespace landfall::domain

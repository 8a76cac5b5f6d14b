#include "domain/tenancy/public_items.hpp"

#include "catalog/search/shown_items.hpp"
#include "domain/tenancy/known_keys.hpp"

#include <memory>

namespace landfall::domain {

Result<std::optional<auth::Principal>> public_reader(const Services& services, const ItemId& item) {
    const std::string digest = "public:" + item.str();
    if (const auto known = services.known_keys.find(digest))
        return std::optional(known->principal);
    const Stamp since = services.versions.now();
    TRY(const auto organization,
        services.database.read_for([&](database::Session& session) { return catalog::find_publisher(session, item); }));
    if (!organization)
        return std::optional<auth::Principal>();
    auth::Principal principal;
    principal.organization_id = *organization;
    principal.scopes = {"items:read"};
    principal.grants.only_items = {item};
    services.known_keys.put(digest, *organization, since, std::make_shared<const KnownKey>(principal, std::nullopt));
    return std::optional(std::move(principal));
}

} // namespace landfall::domain

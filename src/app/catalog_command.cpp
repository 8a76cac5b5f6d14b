#include "app/catalog_command.hpp"

#include "domain/versions.hpp"

#include <fmt/format.h>

#include <thread>
#include <unistd.h>

namespace landfall::app {

Timestamp now() {
    return SystemClock().now();
}

catalog::AuditRow record_of(const Deed& deed, Timestamp began) {
    catalog::AuditRow row;
    row.id = AuditId::make();
    row.at = began;
    row.request_id = RequestId::make().str();
    row.principal_id = fmt::format("uid:{}", ::getuid());
    row.principal_type = "operator";
    if (!deed.organization.empty())
        row.organization_id = deed.organization;
    row.operation_id = "command." + deed.command;
    row.side_effect = admission::side_effect_name(deed.effect);
    row.targets = Json::array_of(deed.targets).dump();
    row.user_agent = "landfall";
    row.duration_us = (now() - began).count();
    return row;
}

void settle(const Deed& deed) {
    if (deed.effect != admission::SideEffect::Read && !deed.adds_only)
        std::this_thread::sleep_for(domain::Versions::kBound);
}

void record(const Stores& stores, const Deed& deed, Timestamp began) {
    (void)stores.transactor->run(
        [&](catalog::Transaction& transaction) { return catalog::append_audit(transaction, record_of(deed, began)); });
}

std::string line(const Json& json) {
    return json.dump() + "\n";
}

Result<catalog::OrganizationRow> find_organization(database::Session& session, const std::string& id_or_slug) {
    TRY(auto found, catalog::find_organization(session, OrganizationId(id_or_slug)));
    if (!found) {
        TRY(found, catalog::find_organization_by_slug(session, id_or_slug));
    }
    if (!found)
        return fail(Code::NotFound,
                    fmt::format("There is no organization '{}'; landfall init prints the id", id_or_slug));
    return *found;
}

} // namespace landfall::app

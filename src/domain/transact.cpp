#include "domain/transact.hpp"

#include "catalog/ledger/outbox.hpp"
#include "domain/versions.hpp"

namespace landfall::domain {

const std::string& Call::origin() const {
    const Settings& settings = services.settings;
    if (came_by.empty() || settings.public_url_is_set)
        return settings.public_url;
    const auto names = [&](const std::string& host) { return came_by.ends_with("://" + host); };
    return settings.hosts.empty() || std::ranges::any_of(settings.hosts, names) ? came_by : settings.public_url;
}

Status Context::tell(std::string_view type, std::string_view entity_id, const Json& data) {
    return catalog::record_event(transaction, {type, principal.organization_id, entity_id, now, data.dump()});
}

catalog::Transactor::After after_commit(storage::ObjectStore& store) {
    return [&store](const catalog::Effects& effects) {
        for (const auto& blob : effects.released_blobs)
            (void)store.remove(blob);
    };
}

catalog::Transactor::After after_commit(storage::ObjectStore& store, Versions& versions, const Upkeep& upkeep) {
    return [remove = after_commit(store), &versions, &upkeep](const catalog::Effects& effects) {
        for (const auto& organization : effects.changed)
            versions.bump(organization);
        remove(effects);
        if (effects.jobs_queued && upkeep.wake_jobs)
            upkeep.wake_jobs();
        if (effects.events_recorded && upkeep.wake_outbox)
            upkeep.wake_outbox();
    };
}

} // namespace landfall::domain

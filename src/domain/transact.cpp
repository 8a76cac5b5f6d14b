#include "domain/transact.hpp"

#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/removal_hold.hpp"
#include "domain/versions.hpp"
#include "storage/part_store.hpp"

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

catalog::Transactor::After after_commit(const BlobRemoval& removal) {
    return [removal](const catalog::Effects& effects) {
        if (effects.released_blobs.empty())
            return;
        // Asked after the commit: a copy of the catalog that still names a blob was made under a hold that is seen
        // here.
        const auto held = removal.database.read_for(
            [&](database::Session& session) { return catalog::removal_is_held(session, removal.clock.now()); });
        if (!held || *held)
            return;
        for (const auto& blob : effects.released_blobs) {
            if (auto* const parts = removal.store.parts())
                (void)parts->abort(blob);
            (void)removal.store.remove(blob);
        }
    };
}

catalog::Transactor::After after_commit(const BlobRemoval& removal, Versions& versions, const Upkeep& upkeep) {
    return [remove = after_commit(removal), &versions, &upkeep](const catalog::Effects& effects) {
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

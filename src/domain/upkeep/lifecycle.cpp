#include "domain/upkeep/lifecycle.hpp"

#include "catalog/items/item_lifecycle.hpp"
#include "catalog/ledger/outbox.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/work/upload.hpp"
#include "domain/items/item_removal.hpp"
#include "domain/items/restore.hpp"
#include "domain/items/retention.hpp"
#include "domain/items/shelf.hpp"
#include "domain/upkeep/retention_change.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <map>

namespace landfall::domain {
namespace {

/// The retentions of organizations, read once.
class Retentions {
public:
    Result<Retention> of(database::Session& session, const OrganizationId& organization) {
        const auto known = known_.find(organization);
        if (known != known_.end())
            return known->second;
        TRY(const Retention terms, catalog::find_retention_terms(session, organization));
        return known_.emplace(organization, terms).first->second;
    }

private:
    std::map<OrganizationId, Retention> known_;
};

void count(LifecycleReport& report, LifecycleStep step) {
    switch (step) {
    case LifecycleStep::Expiring:
        ++report.expiring;
        break;
    case LifecycleStep::Expired:
        ++report.expired;
        break;
    case LifecycleStep::Archived:
        ++report.archived;
        break;
    case LifecycleStep::Deleted:
        ++report.deleted;
        break;
    }
}

std::string_view event_of(LifecycleStep step) {
    switch (step) {
    case LifecycleStep::Expiring:
        return catalog::event::kItemExpiring;
    case LifecycleStep::Expired:
        return catalog::event::kItemExpired;
    case LifecycleStep::Archived:
    case LifecycleStep::Deleted:
        break;
    }
    return catalog::event::kItemUpdated;
}

/// The due items of one transaction, moved on.
class Batch {
public:
    Batch(catalog::Transaction& transaction, Timestamp at, Timestamp now)
        : transaction_(transaction), at_(at), now_(now) {}

    /// Takes the due steps of an item, up to expired or all of them.
    enum class UpTo { Expired, All };
    Status advance(catalog::ItemRow item, UpTo last) {
        TRY(const Retention retention, retentions_.of(transaction_, item.organization_id));
        while (last == UpTo::All || item.lifecycle_state != lifecycle::kExpired) {
            const auto step = take_step(item, retention, at_);
            if (!step)
                break;
            count(report, *step);
            if (*step == LifecycleStep::Deleted)
                return remove(item);
            if (*step == LifecycleStep::Expired)
                expired.push_back(item.id);
            Json data = event_data(item);
            data.set("expires_at", item.expires_at ? Json(format_rfc3339(*item.expires_at)) : Json());
            CHECK_OK(catalog::record_event(transaction_,
                                           {event_of(*step), item.organization_id, item.id.str(), now_, data.dump()}));
        }
        return restate(transaction_, item, now_);
    }

    /// Takes an item away.
    Status remove(const catalog::ItemRow& item) {
        TRY(const std::int64_t freed, retire_item(transaction_, item, at_));
        transaction_.changes(item.organization_id);
        return catalog::add_usage(transaction_, {{item.organization_id, catalog::UsageKind::StorageUsed, -freed,
                                                  "lifecycle.delete", item.id.str(), now_}});
    }

    LifecycleReport report;
    std::vector<ItemId> expired;

private:
    catalog::Transaction& transaction_;
    Timestamp at_, now_;
    Retentions retentions_;
};

void add(LifecycleReport& all, const LifecycleReport& some) {
    all.expiring += some.expiring;
    all.expired += some.expired;
    all.archived += some.archived;
    all.deleted += some.deleted;
}

void step_on(catalog::DueItems& due, const catalog::ItemRow& last) {
    due.after = last.expires_at.value_or(due.at);
    due.after_id = last.id;
}

Status take_due_steps(const catalog::Transactor& transactor, const Clock& clock, const LifecycleOptions& options,
                      catalog::Held held, LifecycleReport& report) {
    std::int64_t taken = kUpkeepBatch;
    while (taken == kUpkeepBatch && !options.stop.stop_requested()) {
        TRY(const auto some, transactor.run_for([&](catalog::Transaction& transaction) -> Result<LifecycleReport> {
            Batch batch(transaction, options.at, clock.now());
            TRY(auto items, catalog::lock_due_items(transaction, {.at = options.at, .limit = kUpkeepBatch}, held));
            taken = std::ssize(items);
            for (auto& item : items)
                CHECK_OK(batch.advance(std::move(item), Batch::UpTo::All));
            return batch.report;
        }));
        add(report, some);
    }
    return {};
}

/// So long an item stays once its view has ended, for who wants it back.
constexpr std::chrono::hours kEndedViewKept{24};
constexpr std::int64_t kMostEndedViews = 110'000;

/// More at once, or more than half of a project, is nothing that anybody meant: then nothing goes.
bool is_too_much(const catalog::EndedViews& project) {
    return project.ended > kMostEndedViews || 2 * project.ended > project.items;
}

/// Takes items away whose view ended long enough ago (`properties.expires`).
Status remove_ended_views(const catalog::Transactor& transactor, const Clock& clock, const LifecycleOptions& options,
                          LifecycleReport& report) {
    const Timestamp before = options.at - kEndedViewKept;
    TRY(const auto projects,
        transactor.run_for([&](database::Session& session) { return catalog::count_ended_views(session, before); }));
    for (const auto& project : projects) {
        if (is_too_much(project)) {
            spdlog::warn("{} of {} items of the project {} have expired; that many are not removed by themselves",
                         project.ended, project.items, project.project_id.str());
            continue;
        }
        for (std::int64_t taken = kUpkeepBatch; taken == kUpkeepBatch && !options.stop.stop_requested();) {
            TRY(taken, transactor.run_for([&](catalog::Transaction& transaction) -> Result<std::int64_t> {
                Batch batch(transaction, clock.now(), clock.now());
                TRY(const auto items, catalog::lock_ended_views(transaction, project, before, kUpkeepBatch));
                for (const auto& item : items)
                    CHECK_OK(batch.remove(item));
                return std::ssize(items);
            }));
            report.deleted += taken;
        }
    }
    return {};
}

} // namespace

Result<LifecycleReport> run_lifecycle(const Swept& swept, const Clock& clock, const LifecycleOptions& options) {
    LifecycleReport report;
    report.at = options.at;
    const auto due = [&](std::int64_t seconds) {
        return Due{options.at - std::chrono::seconds(seconds), clock.now(), options.stop};
    };
    CHECK_OK(follow_retentions(swept.transactor, clock, options.stop));
    if (const auto kept = options.limits.deleted_item_seconds; kept > 0) {
        TRY(report.purged, purge_deleted_items(swept.transactor, due(kept)));
    }
    for (const auto held : {catalog::Held::Skipped, catalog::Held::Awaited})
        CHECK_OK(take_due_steps(swept.transactor, clock, options, held, report));
    CHECK_OK(remove_ended_views(swept.transactor, clock, options, report));
    if (const auto idle = options.limits.upload_idle_seconds; idle > 0) {
        TRY(report.uploads_ended, end_idle_uploads(swept.transactor, due(idle)));
    }
    if (report.purged > 0)
        CHECK_OK(remove_released_objects(swept, clock, {clock.now(), clock.now(), options.stop}));
    return report;
}

Result<LifecycleReport> plan_lifecycle(const database::Database& database, const LifecycleOptions& options) {
    LifecycleReport report;
    report.at = options.at;
    Retentions retentions;
    catalog::DueItems due{.at = options.at, .limit = kUpkeepBatch};
    for (std::int64_t found = kUpkeepBatch; found == kUpkeepBatch;) {
        CHECK_OK(database.read([&](database::Session& session) -> Status {
            TRY(auto items, catalog::list_due_items(session, due));
            found = std::ssize(items);
            for (auto& item : items) {
                step_on(due, item);
                TRY(const Retention retention, retentions.of(session, item.organization_id));
                while (const auto step = take_step(item, retention, options.at))
                    count(report, *step);
            }
            return {};
        }));
    }
    CHECK_OK(database.read([&](database::Session& session) -> Status {
        if (const auto kept = options.limits.deleted_item_seconds; kept > 0) {
            TRY(report.purged, catalog::count_items_deleted_before(session, options.at - std::chrono::seconds(kept)));
        }
        if (const auto idle = options.limits.upload_idle_seconds; idle > 0) {
            TRY(report.uploads_ended, catalog::count_idle_uploads(session, options.at - std::chrono::seconds(idle)));
        }
        return {};
    }));
    return report;
}

Result<std::vector<ItemId>> expire_items(const catalog::Transactor& transactor, const OrganizationId& organization,
                                         Timestamp now) {
    std::vector<ItemId> expired;
    catalog::DueItems due{.at = now, .organization_id = organization, .limit = kUpkeepBatch};
    for (std::int64_t found = kUpkeepBatch; found == kUpkeepBatch;) {
        catalog::DueItems next = due;
        TRY(const auto some, transactor.run_for([&](catalog::Transaction& transaction) -> Result<std::vector<ItemId>> {
            Batch batch(transaction, now, now);
            next = due;
            TRY(auto items, catalog::lock_due_items(transaction, due, catalog::Held::Awaited));
            found = std::ssize(items);
            for (auto& item : items) {
                step_on(next, item);
                if (item.lifecycle_state != lifecycle::kExpired)
                    CHECK_OK(batch.advance(std::move(item), Batch::UpTo::Expired));
            }
            return std::move(batch.expired);
        }));
        due = next;
        expired.insert(expired.end(), some.begin(), some.end());
    }
    return expired;
}

} // namespace landfall::domain

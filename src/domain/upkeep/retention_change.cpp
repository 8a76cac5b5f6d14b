#include "domain/upkeep/retention_change.hpp"

#include "catalog/items/item_lifecycle.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/items/restore.hpp"
#include "domain/tenancy/access.hpp"
#include "domain/upkeep/disposal.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

constexpr int kPagesOfACall = 5;

/// The items of one organization that follow its last change, page by page, each in a transaction of the caller's.
class Followers {
public:
    explicit Followers(OrganizationId organization) { page_.organization_id = std::move(organization); }

    /// Has one page follow. False once no more is left; the change is noted as followed then.
    Result<bool> next_page(catalog::Transaction& transaction, Timestamp now) {
        TRY(const auto subscription, catalog::find_subscription(transaction, page_.organization_id));
        TRY(const Retention terms, catalog::find_retention_terms(transaction, page_.organization_id));
        if (!subscription.retention_change || !subscription.retention_changed_at)
            return false;
        if (subscription.retention_changed_at != changed_at_) { // anew where it changed again meanwhile
            changed_at_ = *subscription.retention_changed_at;
            page_.project_id = done_with_ = {};
        }
        TRY(const bool found, find_project(transaction));
        if (!found) {
            CHECK_OK(catalog::end_retention_change(transaction, page_.organization_id, changed_at_));
            return false;
        }
        TRY(auto items, catalog::lock_item_batch(transaction, page_));
        for (auto& item : items)
            if (follow_change(item, terms, *subscription.retention_change, changed_at_))
                CHECK_OK(restate(transaction, item, now));
        if (std::ssize(items) < page_.limit) {
            done_with_ = page_.project_id;
            page_.project_id = {};
        } else {
            page_.after = items.back().created_at;
            page_.after_id = items.back().id;
        }
        return true;
    }

private:
    /// The project that is at hand, else the one after the last.
    Result<bool> find_project(database::Session& session) {
        if (!page_.project_id.empty())
            return true;
        TRY(const auto projects,
            catalog::list_projects(session, page_.organization_id, catalog::ArchivedProjects::Show));
        const catalog::ProjectRow* next = nullptr;
        for (const auto& project : projects)
            if (project.id > done_with_ && (next == nullptr || project.id < next->id))
                next = &project;
        if (next == nullptr)
            return false;
        page_.project_id = next->id;
        page_.after = {};
        page_.after_id = {};
        return true;
    }

    catalog::ItemBatch page_{.limit = kUpkeepBatch};
    ProjectId done_with_;
    Timestamp changed_at_{};
};

} // namespace

Status set_retention(catalog::OrganizationRow& organization, catalog::SubscriptionRow& subscription,
                     const Retention& retention, Timestamp now) {
    if (retention.days && (*retention.days < 1 || *retention.days > kMostRetentionDays))
        return fail_field(
            "retention_days",
            fmt::format("A retention has 1 to {} days; leave it off to keep items for ever", kMostRetentionDays));
    const auto change = change_between({subscription.plan, organization.retention_days}, retention);
    if (!change)
        return {};
    subscription.plan = retention.plan;
    organization.retention_days = retention.days;
    // Items that have not followed a stricter one yet have its grace as well.
    if (subscription.retention_change != catalog::RetentionChange::Stricter)
        subscription.retention_change = change;
    subscription.retention_changed_at = now;
    return {};
}

Status follow_retention(const catalog::Transactor& transactor, const Clock& clock, const OrganizationId& organization,
                        const std::stop_token& stop) {
    Followers followers(organization);
    for (bool more = true; more && !stop.stop_requested();) {
        Followers next = followers;
        TRY(more, transactor.run_for([&](catalog::Transaction& transaction) {
            next = followers; // it may run more than once
            return next.next_page(transaction, clock.now());
        }));
        followers = next;
    }
    return {};
}

Status follow_retentions(const catalog::Transactor& transactor, const Clock& clock, const std::stop_token& stop) {
    TRY(const auto organizations,
        transactor.run_for([](database::Session& session) { return catalog::list_retention_changes(session); }));
    for (const auto& organization : organizations)
        CHECK_OK(follow_retention(transactor, clock, organization, stop));
    return {};
}

Result<catalog::OrganizationRow> change_retention(Context& cx, const OrganizationId& id,
                                                  std::optional<std::int64_t> days) {
    CHECK_OK(require_organization(cx, id, OrganizationRole::Admin));
    TRY(auto subscription, catalog::lock_subscription(cx.session, id));
    TRY(auto organization, catalog::find_organization(cx.session, id));
    if (!organization)
        return fail(Code::NotFound, "Organization not found");
    CHECK_OK(set_retention(*organization, subscription, {subscription.plan, days}, cx.now));
    CHECK_OK(catalog::put_subscription(cx.session, subscription));
    organization->updated_at = cx.now;
    CHECK_OK(catalog::update_organization(cx.session, *organization));
    Followers followers(id);
    for (int page = 0; page < kPagesOfACall; ++page) {
        TRY(const bool more, followers.next_page(cx.transaction, cx.now));
        if (!more)
            break;
    }
    TRY(auto after, catalog::find_organization(cx.session, id));
    return std::move(*after);
}

} // namespace landfall::domain

#include "domain/upkeep/project_removal.hpp"

#include "catalog/ledger/usage.hpp"
#include "catalog/work/job.hpp"
#include "catalog/work/part_upload.hpp"
#include "catalog/work/upload.hpp"
#include "domain/ingest/uploads.hpp"
#include "domain/items/item_removal.hpp"
#include "domain/work/part_end.hpp"

#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::int64_t kItemsAtOnce = 20; ///< each with up to some hundred assets
constexpr std::int64_t kRowsAtOnce = 200;
constexpr std::int64_t kProjectsAtOnce = 100;
constexpr std::chrono::hours kLongestCall{1};

/// What one step did.
struct Step {
    std::int64_t rows = 0;
    std::int64_t freed = 0; ///< bytes
};

/// Uploads that a server completes at the moment are left to it: their commit finds no project, and the next sweep
/// ends them.
Result<Step> end_uploads(catalog::Transaction& transaction, const catalog::DeletedProject& project, Timestamp now) {
    TRY(const auto uploads,
        catalog::list_unended_uploads(transaction, project.organization_id, project.id, kRowsAtOnce));
    Step step;
    for (const auto& upload : uploads) {
        TRY(const bool ended,
            end_upload(transaction, upload, {"The project was deleted", "project", now, {}, 0}, "projects.delete"));
        step.rows += ended ? 1 : 0;
    }
    return step;
}

Result<Step> end_part_uploads(catalog::Transaction& transaction, const catalog::DeletedProject& project,
                              Timestamp now) {
    TRY(const auto uploads,
        catalog::list_open_part_uploads(transaction, project.organization_id, project.id, kRowsAtOnce));
    for (const auto& upload : uploads)
        CHECK_OK(end_parts(transaction, upload, "projects.delete", now));
    return Step{std::ssize(uploads), 0};
}

Result<Step> remove_live_items(catalog::Transaction& transaction, const catalog::DeletedProject& project,
                               Timestamp now) {
    TRY(const auto items,
        catalog::lock_items_of_project(transaction, project.organization_id, project.id, kItemsAtOnce));
    Step step{std::ssize(items), 0};
    for (const auto& item : items) {
        TRY(const std::int64_t freed, retire_item(transaction, item, now));
        step.freed += freed;
        CHECK_OK(purge_item(transaction, {item.organization_id, item.id}, now));
    }
    CHECK_OK(catalog::add_usage(transaction, {{project.organization_id, catalog::UsageKind::StorageUsed, -step.freed,
                                               "projects.delete", project.id.str(), now}}));
    return step;
}

Result<Step> remove_deleted_items(catalog::Transaction& transaction, const catalog::DeletedProject& project,
                                  Timestamp now) {
    TRY(const auto items,
        catalog::list_deleted_items_of(transaction, project.organization_id, project.id, kItemsAtOnce));
    for (const auto& item : items)
        CHECK_OK(purge_item(transaction, item, now));
    return Step{std::ssize(items), 0};
}

Result<Step> remove_collections(catalog::Transaction& transaction, const catalog::DeletedProject& project,
                                Timestamp /*now*/) {
    TRY(const std::int64_t removed, catalog::purge_collections(transaction, project, kRowsAtOnce));
    return Step{removed, 0};
}

} // namespace

Status retire_project(catalog::Transaction& transaction, const OrganizationId& organization, const ProjectId& id,
                      Timestamp now) {
    TRY(const bool deleted, catalog::delete_project(transaction, organization, id, now));
    if (!deleted)
        return fail(Code::NotFound, "Project not found");
    CHECK_OK(catalog::cancel_jobs_of_project(transaction, organization, id, now));
    transaction.changes(organization);
    return {};
}

Result<std::int64_t> empty_project(const Emptying& with, const catalog::DeletedProject& project) {
    std::int64_t freed = 0;
    for (const auto work :
         {end_uploads, end_part_uploads, remove_live_items, remove_deleted_items, remove_collections}) {
        for (std::int64_t rows = 1; rows > 0 && !with.stop.stop_requested();) {
            TRY(const Step step, with.transactor.run_for([&](catalog::Transaction& transaction) {
                return work(transaction, project, with.clock.now());
            }));
            rows = step.rows;
            freed += step.freed;
        }
    }
    return freed;
}

Status empty_deleted_projects(const Emptying& with) {
    TRY(const auto projects, with.transactor.run_for([](catalog::Transaction& transaction) {
        return catalog::list_projects_to_empty(transaction, kProjectsAtOnce);
    }));
    for (const auto& project : projects) {
        CHECK_OK(empty_project(with, project));
        if (with.stop.stop_requested())
            return {};
        if (project.deleted_at < with.clock.now() - kLongestCall)
            CHECK_OK(with.transactor.run([&](catalog::Transaction& transaction) {
                return catalog::mark_emptied(transaction, project, with.clock.now());
            }));
    }
    return {};
}

} // namespace landfall::domain

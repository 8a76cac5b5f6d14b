#include "app/organization_commands.hpp"

#include "app/catalog_command.hpp"
#include "catalog/ledger/usage.hpp"
#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/project.hpp"
#include "catalog/tenancy/subscription.hpp"
#include "cli/prompt.hpp"
#include "domain/upkeep/organization_removal.hpp"
#include "domain/upkeep/project_removal.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

using cli::Invocation;

Json number_or_null(const std::optional<std::int64_t>& number) {
    return number ? Json(*number) : Json();
}

/// What an organization is and has.
struct Account {
    catalog::OrganizationRow row;
    std::int64_t projects = 0;
    std::int64_t members = 0;
    catalog::StorageUsage storage;
    catalog::Plan plan = catalog::Plan::Paid;
};

Result<Account> account_of(database::Session& session, const catalog::OrganizationRow& row) {
    Account account{row, 0, 0, {}};
    TRY(const auto subscription, catalog::find_subscription(session, row.id));
    TRY(const auto projects, catalog::page_projects(session, {row.id, {}, catalog::ArchivedProjects::Show, 1, 0}));
    TRY(const auto members, catalog::page_members(session, row.id, {1, 0}));
    TRY(account.storage, catalog::read_storage(session, row.id));
    account.plan = subscription.plan;
    account.projects = projects.total;
    account.members = members.total;
    return account;
}

Json account_json(const Account& account) {
    const auto& row = account.row;
    return Json::object({{"id", row.id.str()},
                         {"name", row.name},
                         {"slug", row.slug},
                         {"plan", std::string(schema::enum_text(account.plan))},
                         {"standing", row.past_due ? "past_due" : "good"},
                         {"quota_bytes", number_or_null(row.quota_bytes)},
                         {"retention_days", number_or_null(row.retention_days)},
                         {"used_bytes", account.storage.used},
                         {"reserved_bytes", account.storage.reserved},
                         {"projects", account.projects},
                         {"members", account.members},
                         {"created_at", format_rfc3339(row.created_at)}});
}

std::string account_text(const Account& account) {
    const auto or_none = [](const std::optional<std::int64_t>& number, std::string_view unit, std::string_view none) {
        return number ? fmt::format("{} {}", *number, unit) : std::string(none);
    };
    const auto& row = account.row;
    return fmt::format(
        "id         {}\nname       {}\nslug       {}\nplan       {}\nstanding   {}\nquota      {}\nretention  {}\n"
        "used       {} bytes\nreserved   {} bytes\nprojects   {}\nmembers    {}\ncreated    {}\n",
        row.id.str(), row.name, row.slug, schema::enum_text(account.plan), row.past_due ? "past due" : "good",
        or_none(row.quota_bytes, "bytes", "unlimited"), or_none(row.retention_days, "days", "off"),
        account.storage.used, account.storage.reserved, account.projects, account.members,
        format_rfc3339(row.created_at));
}

int run_list(const LoadedConfig& loaded, const Invocation& given) {
    return in_catalog(
        loaded.config, {"organization.list", admission::SideEffect::Read},
        [&](database::Session& session, Deed&) -> Result<std::string> {
            TRY(const auto rows, catalog::list_organizations(session));
            std::string out;
            for (const auto& row : rows)
                out += output_of(given) == Output::Text
                           ? fmt::format("{}  {}  {}\n", row.id.str(), row.slug, row.name)
                           : line(Json::object({{"id", row.id.str()}, {"slug", row.slug}, {"name", row.name}}));
            return out;
        });
}

int run_show(const LoadedConfig& loaded, const Invocation& given) {
    return in_catalog(loaded.config, {"organization.show", admission::SideEffect::Read},
                      [&](database::Session& session, Deed& deed) -> Result<std::string> {
                          TRY(const auto row, find_organization(session, given.operands.front()));
                          TRY(const auto account, account_of(session, row));
                          deed.organization = row.id;
                          return output_of(given) == Output::Text ? account_text(account) : line(account_json(account));
                      });
}

std::string deleted(const catalog::OrganizationRow& row, std::size_t projects, std::int64_t freed, Output output) {
    if (output == Output::Text)
        return fmt::format("{} ({}) is deleted with {} projects: {} bytes freed\n", row.name, row.id.str(), projects,
                           freed);
    return line(Json::object({{"id", row.id.str()},
                              {"deleted", true},
                              {"projects", static_cast<std::int64_t>(projects)},
                              {"storage_freed_bytes", freed}}));
}

/// What is out of sight is emptied at once. If that fails, the sweep of a server does the rest.
int run_delete(const LoadedConfig& loaded, const Invocation& given) {
    const std::string& named = given.operands.front();
    if (!given.input["yes"].as_bool() && cli::can_ask() &&
        !cli::agrees(fmt::format("{} and all its data will be deleted for good. Go on?", named))) {
        put(stderr, "landfall: nothing was done\n");
        return 1;
    }
    auto stores = open_stores(loaded.config, DataFolder::MustExist);
    if (!stores)
        return report_failure(stores.error());
    catalog::OrganizationRow row;
    std::vector<catalog::DeletedProject> projects;
    const int failed = in_catalog(*stores, {"organization.delete", admission::SideEffect::Destructive},
                                  [&](catalog::Transaction& transaction, Deed& deed) -> Result<std::string> {
                                      TRY(row, find_organization(transaction, named));
                                      TRY(projects, domain::retire_organization(transaction, row, now()));
                                      deed.organization = row.id;
                                      deed.targets = {row.id.str()};
                                      return std::string();
                                  });
    if (failed != 0)
        return failed;
    const SystemClock clock;
    std::int64_t freed = 0;
    for (const auto& project : projects) {
        const auto more = domain::empty_project({*stores->transactor, clock}, project);
        if (!more)
            return report_failure(more.error());
        freed += *more;
    }
    put(stdout, deleted(row, projects.size(), freed, output_of(given)));
    return 0;
}

} // namespace

std::vector<Row> organization_account_rows() {
    return {{.words = {"organization", "list"}, .summary = "List organizations", .json = true, .run = run_list},
            {.words = {"organization", "show"},
             .summary = "Show an organization with what it uses",
             .operand = "ORGANIZATION",
             .wanted = "Name one organization, by id or slug",
             .json = true,
             .run = run_show},
            {.words = {"organization", "delete"},
             .summary = "Delete an organization with its projects, keys and memberships; its users stay",
             .flags = {cli::make_flag("yes", cli::FlagType::Boolean, "Ask nothing")},
             .operand = "ORGANIZATION",
             .wanted = "Name one organization, by id or slug",
             .json = true,
             .run = run_delete}};
}

} // namespace landfall::app

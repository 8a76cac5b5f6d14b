#include "app/member_commands.hpp"

#include "app/catalog_command.hpp"
#include "catalog/tenancy/member.hpp"
#include "catalog/tenancy/project.hpp"
#include "domain/tenancy/members.hpp"
#include "domain/tenancy/projects.hpp"
#include "domain/tenancy/users.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

using cli::Flag;
using cli::Invocation;

/// Where somebody is a member: in a project, or in an organization as such.
struct Place {
    OrganizationId organization_id;
    std::optional<ProjectId> project_id;

    std::string name() const { return project_id ? project_id->str() : organization_id.str(); }
};

Result<Place> place_of(database::Session& session, const Invocation& given) {
    if (const auto named = text_of(given, "organization")) {
        TRY(const auto organization, find_organization(session, *named));
        return Place{organization.id, std::nullopt};
    }
    const std::string id = required_text(given, "project");
    TRY(const auto project, catalog::find_project_of_any_organization(session, ProjectId(id)));
    if (!project)
        return fail(Code::NotFound, fmt::format("There is no project '{}'", id));
    return Place{project->organization_id, project->id};
}

/// The names of the roles up to the highest that can be given.
template<typename Role>
std::string names_up_to(Role highest) {
    std::vector<std::string_view> names;
    for (const auto& [value, text] : enum_names(schema::Of<Role>{}))
        if (value <= highest)
            names.push_back(text);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// A role by its name among those that can be given; nothing if it is none of them.
template<typename Role>
std::optional<Role> role_of(const Invocation& given, Role usual, Role highest) {
    const auto name = text_of(given, "role");
    const auto role = name ? schema::enum_value<Role>(*name) : usual;
    return role && *role <= highest ? role : std::nullopt;
}

std::optional<auth::ProjectRole> project_role_of(const Invocation& given) {
    return role_of(given, auth::ProjectRole::Editor, auth::ProjectRole::Admin);
}

std::optional<auth::OrganizationRole> organization_role_of(const Invocation& given) {
    return role_of(given, auth::OrganizationRole::Member, auth::OrganizationRole::Owner);
}

/// Why the words of a command make no sense; empty if they do.
std::string fault_of(const Invocation& given) {
    const bool in_project = given.input.find("project") != nullptr;
    if (in_project == (given.input.find("organization") != nullptr))
        return "Name either --project or --organization";
    if (in_project && !project_role_of(given))
        return "In a project there are the roles " + names_up_to(auth::ProjectRole::Admin);
    if (!in_project && !organization_role_of(given))
        return "In an organization there are the roles " + names_up_to(auth::OrganizationRole::Owner);
    return {};
}

Result<std::string> add_to_project(catalog::Transaction& transaction, const Place& place, const UserId& user,
                                   const Invocation& given) {
    const auto role = project_role_of(given).value_or(auth::ProjectRole::Viewer);
    CHECK_OK(domain::enrol(transaction, {place.organization_id, *place.project_id, user, role, now()}));
    transaction.changes(place.organization_id);
    return std::string(schema::enum_text(role));
}

Result<std::string> add_to_organization(catalog::Transaction& transaction, const Place& place, const UserId& user,
                                        const Invocation& given) {
    const auto role = organization_role_of(given).value_or(auth::OrganizationRole::Member);
    CHECK_OK(domain::add_member(transaction, {place.organization_id, user, role, now()}));
    return std::string(schema::enum_text(role));
}

Result<std::string> add(catalog::Transaction& transaction, Deed& deed, const Invocation& given) {
    TRY(const auto place, place_of(transaction, given));
    TRY(const auto user, domain::require_user(transaction, required_text(given, "email")));
    TRY(const auto role, place.project_id ? add_to_project(transaction, place, user.id, given)
                                          : add_to_organization(transaction, place, user.id, given));
    deed.organization = place.organization_id;
    deed.targets = {place.name(), user.id.str()};
    if (output_of(given) == Output::Text)
        return fmt::format("{} is {} of {}\n", user.email, role, place.name());
    return line(Json::object({{"user_id", user.id.str()}, {"email", user.email}, {"role", role}}));
}

Result<std::string> remove(catalog::Transaction& transaction, Deed& deed, const Invocation& given) {
    TRY(const auto place, place_of(transaction, given));
    TRY(const auto user, domain::require_user(transaction, required_text(given, "email")));
    CHECK_OK(place.project_id
                 ? domain::end_project_membership(transaction, place.organization_id, *place.project_id, user.id)
                 : domain::end_membership(transaction, place.organization_id, user.id));
    transaction.changes(place.organization_id);
    deed.organization = place.organization_id;
    deed.targets = {place.name(), user.id.str()};
    if (output_of(given) == Output::Text)
        return fmt::format("{} is no member of {} any more\n", user.email, place.name());
    return line(Json::object({{"user_id", user.id.str()}, {"email", user.email}, {"removed", true}}));
}

template<typename Role>
std::string shown(const std::vector<catalog::Member<Role>>& members, Output output) {
    std::string out;
    for (const auto& member : members)
        out += output == Output::Text
                   ? fmt::format("{}  {}  {}\n", member.user_id.str(), member.email, schema::enum_text(member.role))
                   : line(Json::object({{"user_id", member.user_id.str()},
                                        {"email", member.email},
                                        {"name", member.name},
                                        {"role", std::string(schema::enum_text(member.role))}}));
    return out;
}

Result<std::string> list(database::Session& session, Deed& deed, const Invocation& given) {
    constexpr catalog::PageOf kAll{1'000'000, 0};
    TRY(const auto place, place_of(session, given));
    deed.organization = place.organization_id;
    if (place.project_id) {
        TRY(const auto page, catalog::page_project_members(session, place.organization_id, *place.project_id, kAll));
        return shown(page.members, output_of(given));
    }
    TRY(const auto page, catalog::page_members(session, place.organization_id, kAll));
    return shown(page.members, output_of(given));
}

using Work = Result<std::string> (*)(catalog::Transaction&, Deed&, const Invocation&);

Row member_row(std::string word, std::string summary, std::vector<Flag> more, const Deed& deed, Work work) {
    more.insert(more.begin(), {text_flag("project", "Id"), text_flag("organization", "Id or slug")});
    return {.words = {"member", std::move(word)},
            .summary = std::move(summary),
            .flags = std::move(more),
            .json = true,
            .run = [deed, work](const LoadedConfig& loaded, const Invocation& given) {
                if (const std::string fault = fault_of(given); !fault.empty()) {
                    put(stderr, "landfall: {}\n", fault);
                    return 2;
                }
                return in_catalog(loaded.config, deed, [&](catalog::Transaction& transaction, Deed& done) {
                    return work(transaction, done, given);
                });
            }};
}

} // namespace

std::vector<Row> member_rows() {
    const Flag email = required(text_flag("email", "Of the user"));
    return {
        member_row("add", "Give a user a role in a project, or make one a member of an organization",
                   {email, text_flag("role", "admin, editor or viewer in a project, editor if absent; owner, admin or "
                                             "member in an organization, member if absent")},
                   {"member.add"}, add),
        member_row("remove", "Take a user's role in a project or an organization away", {email},
                   {"member.remove", admission::SideEffect::Destructive}, remove),
        member_row("list", "List the members of a project or an organization", {},
                   {"member.list", admission::SideEffect::Read},
                   [](catalog::Transaction& transaction, Deed& deed, const Invocation& given) {
                       return list(transaction, deed, given);
                   })};
}

} // namespace landfall::app

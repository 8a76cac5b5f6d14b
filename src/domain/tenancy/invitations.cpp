#include "domain/tenancy/invitations.hpp"

#include "domain/tenancy/access.hpp"
#include "domain/tenancy/members.hpp"
#include "domain/tenancy/organizations.hpp"
#include "domain/tenancy/users.hpp"

#include <chrono>

namespace landfall::domain {
namespace {

constexpr std::chrono::hours kInvitationLives{72};

auto no_such_invitation() {
    return fail(Code::NotFound, "The invitation is unknown, was used before or has expired. Ask for another one");
}

Status check_project(Context& cx, const NewInvitation& wanted) {
    if (!wanted.project_id)
        return wanted.project_role ? fail_field("project_role", "A role in a project needs project_id beside it")
                                   : Status();
    TRY(const auto project, catalog::find_project(cx.session, wanted.organization_id, *wanted.project_id));
    return project ? Status() : fail(Code::NotFound, "The organization has no such project");
}

Status check_no_member(Context& cx, const NewInvitation& wanted) {
    TRY(const auto user, catalog::find_user_by_email(cx.session, wanted.email));
    if (!user)
        return {};
    TRY(const auto member, catalog::find_membership(cx.session, wanted.organization_id, user->id));
    return member ? fail(Code::Conflict, "The user of this address is a member of the organization already") : Status();
}

Result<catalog::UserRow> user_who_accepts(database::Session& session, const catalog::InvitationRow& invitation,
                                          const Accepting& who, Timestamp now) {
    if (const auto* account = std::get_if<NewAccount>(&who))
        return create_user(session, {invitation.email, account->name, account->password_hash, false}, now);
    TRY(const auto user, catalog::find_user_by_email(session, invitation.email));
    if (!user || user->id != std::get<UserId>(who) || user->disabled_at)
        return fail(Code::PermissionDenied,
                    "The invitation is for another user; sign in under the address that it names");
    return *user;
}

Status join_project(database::Session& session, const catalog::InvitationRow& invitation, const UserId& user,
                    Timestamp now) {
    if (!invitation.project_id)
        return {};
    TRY(const auto project, catalog::find_project(session, invitation.organization_id, *invitation.project_id));
    if (!project)
        return {}; // deleted meanwhile
    TRY(const auto member, catalog::find_project_member(session, project->organization_id, project->id, user));
    if (member)
        return {};
    return catalog::insert_project_member(session, {project->organization_id, project->id, user,
                                                    invitation.project_role.value_or(ProjectRole::Editor), now});
}

} // namespace

Result<OneTimeSecret> invite(Context& cx, const NewInvitation& wanted) {
    CHECK_OK(require_organization(cx, wanted.organization_id, OrganizationRole::Admin));
    CHECK_OK(check_may_give(cx, wanted.organization_id, wanted.role));
    CHECK_OK(check_email(wanted.email));
    CHECK_OK(check_project(cx, wanted));
    CHECK_OK(check_no_member(cx, wanted));
    auto made = make_one_time_secret(cx.now + kInvitationLives);
    catalog::InvitationRow row;
    row.digest = one_time_digest(made.secret);
    row.organization_id = wanted.organization_id;
    row.email = wanted.email;
    row.role = wanted.role;
    row.project_id = wanted.project_id;
    row.project_role = wanted.project_role;
    row.invited_by = cx.principal.id;
    row.created_at = cx.now;
    row.expires_at = made.expires_at;
    CHECK_OK(catalog::put_invitation(cx.session, row));
    cx.touch(wanted.organization_id.str());
    cx.keep_caches();
    return made;
}

Result<OpenInvitation> find_invitation(database::Session& session, std::string_view secret, Timestamp now) {
    TRY(auto invitation, catalog::find_invitation(session, one_time_digest(secret), now));
    if (!invitation)
        return no_such_invitation();
    TRY(const auto organization, catalog::find_organization(session, invitation->organization_id));
    if (!organization)
        return no_such_invitation();
    TRY(auto user, catalog::find_user_by_email(session, invitation->email));
    return OpenInvitation{std::move(*invitation), organization->name, std::move(user)};
}

Result<catalog::UserRow> accept_invitation(catalog::Transaction& transaction, std::string_view secret,
                                           const Accepting& who, Timestamp now) {
    TRY(const auto invitation, catalog::take_invitation(transaction, one_time_digest(secret), now));
    if (!invitation)
        return no_such_invitation();
    TRY(const auto organization, catalog::lock_organization(transaction, invitation->organization_id));
    if (!organization)
        return no_such_invitation();
    TRY(auto user, user_who_accepts(transaction, *invitation, who, now));
    TRY(const auto member, catalog::find_membership(transaction, organization->id, user.id));
    if (!member)
        CHECK_OK(catalog::put_membership(transaction, {organization->id, user.id, invitation->role, now}));
    CHECK_OK(join_project(transaction, *invitation, user.id, now));
    transaction.changes(organization->id);
    return user;
}

} // namespace landfall::domain

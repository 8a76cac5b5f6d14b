#include "domain/tenancy/invitations.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kProjectRoles[] = {"admin", "editor", "viewer"};

struct UserInviteInput {
    OrganizationId organization_id;
    std::string email;
    auth::OrganizationRole role = auth::OrganizationRole::Member;
    std::optional<ProjectId> project_id;
    std::optional<std::string> project_role;
};

constexpr auto describe(schema::Of<UserInviteInput>) {
    using schema::field;
    using T = UserInviteInput;
    return schema::fields(
        field("organization_id", &T::organization_id, {.required = true}),
        field("email", &T::email, {.text = "Only who has this address can accept", .required = true}),
        field("role", &T::role, {.text = "In the organization"}),
        field("project_id", &T::project_id, {.text = "A project to join as well"}),
        field("project_role", &T::project_role, {.text = "In that project; absent: editor", .one_of = kProjectRoles}));
}

struct UserInviteOutput {
    std::string url;
    Timestamp expires_at{};
};

constexpr auto describe(schema::Of<UserInviteOutput>) {
    using schema::field;
    using T = UserInviteOutput;
    return schema::fields(
        field("url", &T::url, {.text = "To hand over; it is shown this once, and good once", .required = true}),
        field("expires_at", &T::expires_at, {.required = true}));
}

constexpr OperationSpec kInvite{
    .id = "users.invite",
    .scope = "organizations:write",
    .side_effect = SideEffect::ShareExport,
    .summary = "Make a link by which one person joins an organization within 72 hours.",
    .errors = Code::Conflict,
    .accepts_idempotency_key = true,
    .answer_holds_secret = true,
    .is_extension = true,
};

Result<UserInviteOutput> invite(domain::Context& cx, const UserInviteInput& in) {
    domain::NewInvitation wanted{in.organization_id, in.email, in.role, in.project_id, std::nullopt};
    if (in.project_role)
        wanted.project_role = schema::enum_value<auth::ProjectRole>(*in.project_role);
    TRY(const auto made, domain::invite(cx, wanted));
    return UserInviteOutput{domain::invitation_url(cx.origin(), made.secret), made.expires_at};
}

} // namespace

void add_users(Registry& registry) {
    registry.write(kInvite, invite);
}

} // namespace landfall::operations

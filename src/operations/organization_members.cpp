#include "domain/tenancy/access.hpp"
#include "domain/tenancy/members.hpp"
#include "operations/done.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

struct OrganizationMemberListInput {
    OrganizationId organization_id;
    std::int64_t limit = 1000, offset = 0;
};

constexpr auto describe(schema::Of<OrganizationMemberListInput>) {
    using schema::field;
    using T = OrganizationMemberListInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct OrganizationMember {
    UserId user_id;
    std::string email, name;
    auth::OrganizationRole role = auth::OrganizationRole::Member;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<OrganizationMember>) {
    using schema::field;
    using T = OrganizationMember;
    return schema::fields(field("user_id", &T::user_id, {.required = true}),
                          field("email", &T::email, {.required = true}), field("name", &T::name, {.required = true}),
                          field("role", &T::role, {.required = true}),
                          field("created_at", &T::created_at, {.text = "Member since", .required = true}));
}

struct OrganizationMemberListOutput {
    std::vector<OrganizationMember> members;
    std::int64_t total = 0;
};

constexpr auto describe(schema::Of<OrganizationMemberListOutput>) {
    using schema::field;
    using T = OrganizationMemberListOutput;
    return schema::fields(field("members", &T::members, {.required = true}),
                          field("total", &T::total, {.text = "All, before the page", .required = true}));
}

constexpr OperationSpec kList{
    .id = "organizations.members.list",
    .scope = "usage:read",
    .side_effect = SideEffect::Read,
    .summary = "List the members of an organization.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<OrganizationMemberListOutput> list(domain::Context& cx, const OrganizationMemberListInput& in) {
    TRY(const auto organization, domain::require_organization(cx, in.organization_id, auth::OrganizationRole::Member));
    TRY(const auto found, catalog::page_members(cx.session, organization.id, {in.limit, in.offset}));
    OrganizationMemberListOutput page{{}, found.total};
    for (const auto& member : found.members)
        page.members.push_back({member.user_id, member.email, member.name, member.role, member.created_at});
    return page;
}

struct OrganizationMemberRemoveInput {
    OrganizationId organization_id;
    UserId user_id;
};

constexpr auto describe(schema::Of<OrganizationMemberRemoveInput>) {
    using schema::field;
    using T = OrganizationMemberRemoveInput;
    return schema::fields(field("organization_id", &T::organization_id, {.required = true}),
                          field("user_id", &T::user_id, {.required = true}));
}

struct OrganizationMemberUpdateInput : OrganizationMemberRemoveInput {
    auth::OrganizationRole role = auth::OrganizationRole::Member;
};

constexpr auto describe(schema::Of<OrganizationMemberUpdateInput>) {
    return schema::joined(
        describe(schema::Of<OrganizationMemberRemoveInput>{}),
        schema::fields(schema::field("role", &OrganizationMemberUpdateInput::role, {.required = true})));
}

using OrganizationMemberOutput = schema::Named<Done<UserId>, "OrganizationMemberOutput">;

constexpr OperationSpec kUpdate{
    .id = "organizations.members.update",
    .scope = "organizations:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a member of an organization another role; owners are made and changed by owners only.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<OrganizationMemberOutput> update(domain::Context& cx, const OrganizationMemberUpdateInput& in) {
    CHECK_OK(domain::update_member(cx, in.organization_id, in.user_id, in.role));
    return OrganizationMemberOutput{{true, in.user_id}};
}

constexpr OperationSpec kRemove{
    .id = "organizations.members.remove",
    .scope = "organizations:write",
    .side_effect = SideEffect::Destructive,
    .summary = "End a membership with every role in the organization's projects; what the user made stays.",
    .errors = Code::Conflict,
    .is_extension = true,
};

Result<OrganizationMemberOutput> remove(domain::Context& cx, const OrganizationMemberRemoveInput& in) {
    CHECK_OK(domain::remove_member(cx, in.organization_id, in.user_id));
    return OrganizationMemberOutput{{true, in.user_id}};
}

} // namespace

void add_organization_members(Registry& registry) {
    registry.read(kList, list);
    registry.write(kUpdate, update);
    registry.write(kRemove, remove);
}

} // namespace landfall::operations

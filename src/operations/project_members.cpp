#include "domain/tenancy/access.hpp"
#include "domain/tenancy/projects.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

/// An owner is made with the project, and by nothing else.
constexpr std::string_view kRoles[] = {"admin", "editor", "viewer"};

struct RemoveMemberInput {
    ProjectId project_id;
    UserId user_id;
};

constexpr auto describe(schema::Of<RemoveMemberInput>) {
    using schema::field;
    using T = RemoveMemberInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("user_id", &T::user_id, {.required = true}));
}

struct AddMemberInput : RemoveMemberInput {
    std::string role = "editor";
};

constexpr auto describe(schema::Of<AddMemberInput>) {
    return schema::joined(describe(schema::Of<RemoveMemberInput>{}),
                          schema::fields(schema::field("role", &AddMemberInput::role, {.one_of = kRoles})));
}

struct UpdateMemberInput : RemoveMemberInput {
    std::string role;
};

constexpr auto describe(schema::Of<UpdateMemberInput>) {
    return schema::joined(
        describe(schema::Of<RemoveMemberInput>{}),
        schema::fields(schema::field("role", &UpdateMemberInput::role, {.required = true, .one_of = kRoles})));
}

struct MemberOutput {
    ProjectId project_id;
    UserId user_id;
    auth::ProjectRole role = auth::ProjectRole::Viewer;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<MemberOutput>) {
    using schema::field;
    using T = MemberOutput;
    return schema::fields(
        field("project_id", &T::project_id, {.required = true}), field("user_id", &T::user_id, {.required = true}),
        field("role", &T::role, {.required = true}), field("created_at", &T::created_at, {.required = true}));
}

MemberOutput response(const catalog::ProjectMemberRow& row) {
    return {row.project_id, row.user_id, row.role, row.created_at};
}

auth::ProjectRole role_of(const std::string& name) {
    return schema::enum_value<auth::ProjectRole>(name).value_or(auth::ProjectRole::Viewer);
}

constexpr OperationSpec kAdd{
    .id = "projects.add_member",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a user of the organization a role in a project.",
    .errors = Code::Conflict,
};

Result<MemberOutput> add(domain::Context& cx, const AddMemberInput& in) {
    TRY(const auto row, domain::add_project_member(cx, in.project_id, in.user_id, role_of(in.role)));
    return response(row);
}

constexpr OperationSpec kUpdate{
    .id = "projects.update_member",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a member of a project another role.",
    .errors = Code::Conflict,
};

Result<MemberOutput> update(domain::Context& cx, const UpdateMemberInput& in) {
    TRY(const auto row, domain::update_project_member(cx, in.project_id, in.user_id, role_of(in.role)));
    return response(row);
}

struct RemoveMemberOutput {
    bool ok = true;
};
constexpr auto describe(schema::Of<RemoveMemberOutput>) {
    return schema::fields(schema::field("ok", &RemoveMemberOutput::ok));
}

constexpr OperationSpec kRemove{
    .id = "projects.remove_member",
    .scope = "projects:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Take a user's role in a project away.",
    .errors = Code::Conflict,
};

Result<RemoveMemberOutput> remove(domain::Context& cx, const RemoveMemberInput& in) {
    CHECK_OK(domain::remove_project_member(cx, in.project_id, in.user_id));
    return RemoveMemberOutput();
}

struct ProjectMemberListInput {
    ProjectId project_id;
    std::int64_t limit = 1000, offset = 0;
};

constexpr auto describe(schema::Of<ProjectMemberListInput>) {
    using schema::field;
    using T = ProjectMemberListInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct ProjectMember {
    UserId user_id;
    std::string email, name;
    auth::ProjectRole role = auth::ProjectRole::Viewer;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<ProjectMember>) {
    using schema::field;
    using T = ProjectMember;
    return schema::fields(field("user_id", &T::user_id, {.required = true}),
                          field("email", &T::email, {.required = true}), field("name", &T::name, {.required = true}),
                          field("role", &T::role, {.required = true}),
                          field("created_at", &T::created_at, {.text = "Member since", .required = true}));
}

struct ProjectMemberListOutput {
    std::vector<ProjectMember> members;
    std::int64_t total = 0;
};

constexpr auto describe(schema::Of<ProjectMemberListOutput>) {
    using schema::field;
    return schema::fields(
        field("members", &ProjectMemberListOutput::members, {.required = true}),
        field("total", &ProjectMemberListOutput::total, {.text = "All, before the page", .required = true}));
}

constexpr OperationSpec kList{
    .id = "projects.members.list",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List who has a role of his own in a project.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<ProjectMemberListOutput> list(domain::Context& cx, const ProjectMemberListInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Viewer));
    TRY(const auto found,
        catalog::page_project_members(cx.session, project.organization_id, project.id, {in.limit, in.offset}));
    ProjectMemberListOutput page{{}, found.total};
    for (const auto& member : found.members)
        page.members.push_back({member.user_id, member.email, member.name, member.role, member.created_at});
    return page;
}

} // namespace

void add_project_members(Registry& registry) {
    registry.write(kAdd, add);
    registry.write(kUpdate, update);
    registry.write(kRemove, remove);
    registry.read(kList, list);
}

} // namespace landfall::operations

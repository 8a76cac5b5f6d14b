#include "domain/tenancy/projects.hpp"

#include "domain/tenancy/access.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kRegions[] = {"australia-southeast1", "asia-southeast1", "us-west1", "europe-west1"};
constexpr std::string_view kRoles[] = {"admin", "editor", "viewer"};

struct ProjectCreate {
    std::string name;
    std::optional<std::string> description;
    std::string gcs_region = "australia-southeast1";
};

constexpr auto describe(schema::Of<ProjectCreate>) {
    using schema::field;
    using T = ProjectCreate;
    return std::tuple(
        field("name", &T::name, {.required = true, .min_length = 1, .max_length = 255}),
        field("description", &T::description, {.max_length = 16384}),
        field("gcs_region", &T::gcs_region, {.text = "A label; data stays on this server", .one_of = kRegions}));
}

struct ProjectResponse {
    ProjectId id;
    OrganizationId organization_id;
    std::string name;
    std::optional<std::string> description, gcs_region, gcs_bucket_name;
    bool is_archived = false;
    Timestamp created_at{}, updated_at{};
};

constexpr auto describe(schema::Of<ProjectResponse>) {
    using schema::field;
    using T = ProjectResponse;
    return std::tuple(field("id", &T::id, {.required = true}),
                      field("organization_id", &T::organization_id, {.required = true}),
                      field("name", &T::name, {.required = true}), field("description", &T::description),
                      field("gcs_region", &T::gcs_region), field("gcs_bucket_name", &T::gcs_bucket_name),
                      field("is_archived", &T::is_archived), field("created_at", &T::created_at, {.required = true}),
                      field("updated_at", &T::updated_at, {.required = true}));
}

constexpr OperationSpec kCreate{
    .id = "projects.create",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Create a project in the caller's organization; the caller's user becomes its owner.",
    .accepts_idempotency_key = true,
};

Result<ProjectResponse> create(domain::Context& cx, const ProjectCreate& in) {
    catalog::ProjectRow row;
    TRY(row.organization_id, domain::own_organization(cx));
    CHECK_OK(domain::require_organization(cx, row.organization_id, auth::OrganizationRole::Member));
    row.name = in.name;
    row.description = in.description;
    row.gcs_region = in.gcs_region;
    TRY(const auto made, domain::create_project(cx.session, std::move(row), cx.principal.user_id, cx.now));
    cx.touch(made.id.str());
    return ProjectResponse{made.id,      made.organization_id, made.name,       made.description, made.gcs_region,
                           std::nullopt, made.is_archived,     made.created_at, made.updated_at};
}

struct AddMemberInput {
    ProjectId project_id;
    UserId user_id;
    std::string role = "editor";
};

constexpr auto describe(schema::Of<AddMemberInput>) {
    using schema::field;
    using T = AddMemberInput;
    return std::tuple(field("project_id", &T::project_id, {.required = true}),
                      field("user_id", &T::user_id, {.required = true}), field("role", &T::role, {.one_of = kRoles}));
}

struct MemberOutput {
    ProjectId project_id;
    UserId user_id;
    std::string role;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<MemberOutput>) {
    using schema::field;
    using T = MemberOutput;
    return std::tuple(field("project_id", &T::project_id, {.required = true}),
                      field("user_id", &T::user_id, {.required = true}), field("role", &T::role, {.required = true}),
                      field("created_at", &T::created_at, {.required = true}));
}

constexpr OperationSpec kAddMember{
    .id = "projects.add_member",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Give a user of the organization a role in a project.",
    .errors = Code::Conflict,
};

Result<MemberOutput> add_member(domain::Context& cx, const AddMemberInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Admin));
    const auto role = *schema::enum_value<auth::ProjectRole>(in.role);
    TRY(const auto row, domain::add_project_member(cx, project, in.user_id, role));
    cx.touch(project.id.str());
    cx.touch(in.user_id.str());
    return MemberOutput{row.project_id, row.user_id, in.role, row.created_at};
}

} // namespace

void add_projects(Registry& registry) {
    registry.write(kCreate, create);
    registry.write(kAddMember, add_member);
}

} // namespace landfall::operations

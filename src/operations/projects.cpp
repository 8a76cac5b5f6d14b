#include "domain/tenancy/projects.hpp"

#include "domain/tenancy/access.hpp"
#include "domain/upkeep/project_removal.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kRegions[] = {"australia-southeast1", "asia-southeast1", "us-west1", "europe-west1"};
constexpr std::size_t kDescriptionCharacters = 16384;

struct ProjectCreate {
    std::string name;
    std::optional<std::string> description;
    std::string gcs_region = "australia-southeast1";
};

constexpr auto describe(schema::Of<ProjectCreate>) {
    using schema::field;
    using T = ProjectCreate;
    return schema::fields(
        field("name", &T::name, {.required = true, .min_length = 1, .max_length = 255}),
        field("description", &T::description, {.max_length = kDescriptionCharacters}),
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
    return schema::fields(
        field("id", &T::id, {.required = true}), field("organization_id", &T::organization_id, {.required = true}),
        field("name", &T::name, {.required = true}), field("description", &T::description),
        field("gcs_region", &T::gcs_region), field("gcs_bucket_name", &T::gcs_bucket_name),
        field("is_archived", &T::is_archived), field("created_at", &T::created_at, {.required = true}),
        field("updated_at", &T::updated_at, {.required = true}));
}

ProjectResponse response(const catalog::ProjectRow& row) {
    return {row.id,       row.organization_id, row.name,       row.description, row.gcs_region,
            std::nullopt, row.is_archived,     row.created_at, row.updated_at};
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
    CHECK_OK(domain::require_organization(cx, row.organization_id, auth::OrganizationRole::Admin));
    row.name = in.name;
    row.description = in.description;
    row.gcs_region = in.gcs_region;
    TRY(const auto made, domain::create_project(cx, std::move(row)));
    return response(made);
}

struct ProjectListInput {
    std::optional<OrganizationId> organization_id;
    bool include_archived = false;
    std::int64_t limit = 100, offset = 0;
};

constexpr auto describe(schema::Of<ProjectListInput>) {
    using schema::field;
    using T = ProjectListInput;
    return schema::fields(field("organization_id", &T::organization_id, {.text = "Absent: the caller's own"}),
                          field("include_archived", &T::include_archived),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct ProjectEntry {
    ProjectId id;
    std::string name;
    auth::ProjectRole role = auth::ProjectRole::Viewer;
    bool is_archived = false;
    std::int64_t item_count = 0;
    OrganizationId organization_id;
    Timestamp created_at{};
};

constexpr auto describe(schema::Of<ProjectEntry>) {
    using schema::field;
    using T = ProjectEntry;
    return schema::fields(field("id", &T::id, {.required = true}), field("name", &T::name, {.required = true}),
                          field("role", &T::role, {.text = "The caller's, by whatever gives it", .required = true}),
                          field("is_archived", &T::is_archived, {.required = true}),
                          field("item_count", &T::item_count, {.text = "Live items", .required = true}),
                          field("organization_id", &T::organization_id, {.required = true}),
                          field("created_at", &T::created_at, {.required = true}));
}

struct ProjectListOutput {
    std::vector<ProjectEntry> projects;
    std::int64_t total = 0;
};

constexpr auto describe(schema::Of<ProjectListOutput>) {
    using schema::field;
    return schema::fields(
        field("projects", &ProjectListOutput::projects, {.required = true}),
        field("total", &ProjectListOutput::total, {.text = "All, before the page", .required = true}));
}

constexpr OperationSpec kList{
    .id = "projects.list",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "List the projects that the caller may read, with the caller's role in each.",
    .is_extension = true,
    .unknown_fields = schema::Unknown::Refused,
};

Result<ProjectListOutput> list(domain::Context& cx, const ProjectListInput& in) {
    TRY(const auto listed, domain::list_projects(cx, {in.organization_id, in.include_archived, in.limit, in.offset}));
    ProjectListOutput page{{}, listed.total};
    for (const auto& [project, role] : listed.projects)
        page.projects.push_back({project.id, project.name, role, project.is_archived, project.item_count,
                                 project.organization_id, project.created_at});
    return page;
}

struct ProjectGetInput {
    ProjectId project_id;
};
constexpr auto describe(schema::Of<ProjectGetInput>) {
    return schema::fields(schema::field("project_id", &ProjectGetInput::project_id, {.required = true}));
}

constexpr OperationSpec kGet{
    .id = "projects.get",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Read one project.",
    .is_extension = true,
};

Result<ProjectResponse> get(domain::Context& cx, const ProjectGetInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Viewer));
    return response(project);
}

struct ProjectUpdateInput : ProjectGetInput, domain::ProjectChange {};

constexpr auto describe(schema::Of<ProjectUpdateInput>) {
    using schema::field;
    using T = ProjectUpdateInput;
    return schema::joined(describe(schema::Of<ProjectGetInput>{}),
                          schema::fields(field("name", &T::name, {.min_length = 1, .max_length = 255}),
                                         field("description", &T::description, {.max_length = kDescriptionCharacters}),
                                         field("is_archived", &T::is_archived)));
}

constexpr OperationSpec kUpdate{
    .id = "projects.update",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Change what is given of a project; null clears its description.",
};

Result<ProjectResponse> update(domain::Context& cx, const ProjectUpdateInput& in) {
    TRY(const auto row, domain::update_project(cx, in.project_id, in));
    return response(row);
}

using ProjectArchiveInput = schema::Named<ProjectUpdateInput, "ProjectArchiveInput">;

constexpr OperationSpec kArchive{
    .id = "projects.archive",
    .scope = "projects:write",
    .side_effect = SideEffect::Compute,
    .summary = "Take a project out of default lists and writes; projects.update with is_archived false undoes it.",
};

Result<ProjectResponse> archive(domain::Context& cx, const ProjectArchiveInput& in) {
    domain::ProjectChange change = in;
    change.is_archived = true;
    TRY(const auto row, domain::update_project(cx, in.project_id, change));
    return response(row);
}

using ProjectDeleteInput = schema::Named<ProjectGetInput, "ProjectDeleteInput">;

struct ProjectDeleteOutput {
    bool deleted = true;
    ProjectId project_id;
    std::int64_t storage_freed_bytes = 0;
};

constexpr auto describe(schema::Of<ProjectDeleteOutput>) {
    using schema::field;
    using T = ProjectDeleteOutput;
    return schema::fields(
        field("deleted", &T::deleted), field("project_id", &T::project_id, {.required = true}),
        field("storage_freed_bytes", &T::storage_freed_bytes, {.text = "What came back to the organization's quota"}));
}

constexpr OperationSpec kDelete{
    .id = "projects.delete",
    .scope = "projects:write",
    .side_effect = SideEffect::Destructive,
    .summary = "Delete a project and all in it for good.",
};

Result<catalog::DeletedProject> begin_delete(domain::Context& cx, const ProjectDeleteInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, auth::ProjectRole::Admin));
    CHECK_OK(domain::retire_project(cx.transaction, project.organization_id, project.id, cx.now));
    cx.touch(project.id.str());
    return catalog::DeletedProject{project.organization_id, project.id, cx.now};
}

Result<ProjectDeleteOutput> follow_delete(domain::Call& call, const ProjectDeleteInput& in,
                                          catalog::DeletedProject& project) {
    const domain::Services& services = call.services;
    TRY(const std::int64_t freed,
        domain::empty_project({services.transactor, services.clock, services.stopping}, project));
    return ProjectDeleteOutput{true, in.project_id, freed};
}

} // namespace

void add_projects(Registry& registry) {
    registry.write(kCreate, create);
    registry.read(kList, list);
    registry.read(kGet, get);
    registry.write(kUpdate, update);
    registry.write(kArchive, archive);
    registry.followed_write(kDelete, begin_delete, follow_delete);
}

} // namespace landfall::operations

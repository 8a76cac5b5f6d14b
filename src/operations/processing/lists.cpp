#include "domain/processing/processes.hpp"
#include "operations/empty.hpp"
#include "operations/processing/shown_job.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

#include <algorithm>

namespace landfall::operations {
namespace {

struct JobsListInput {
    std::optional<ProjectId> workspaceId;
    std::optional<std::string> processId, status, ids;
    std::int64_t page = 0, limit = 20;
    std::string sort = "created,desc";
};
constexpr std::string_view kSorts[] = {"created,desc", "created,asc", "created"};
constexpr auto describe(schema::Of<JobsListInput>) {
    using schema::field;
    using T = JobsListInput;
    return schema::fields(
        field("workspaceId", &T::workspaceId, {.text = "A project; every one that you may read if absent"}),
        field("processId", &T::processId, {.max_length = 100}),
        field("status", &T::status, {.text = "pending, running, completed, failed or cancelled"}),
        field("ids", &T::ids, {.text = "Separated by commas", .max_length = 40'000}),
        field("page", &T::page, {.text = "From 0", .min = 0, .max = 1e9}),
        field("limit", &T::limit, {.min = 1, .max = 1000}), field("sort", &T::sort, {.one_of = kSorts}));
}

struct ProcessingLink {
    std::string rel, href;
};
constexpr auto describe(schema::Of<ProcessingLink>) {
    return schema::fields(schema::field("rel", &ProcessingLink::rel, {.required = true}),
                          schema::field("href", &ProcessingLink::href, {.required = true}));
}

struct ProcessingJobsListOutput {
    std::vector<ProcessingJob> jobs;
    std::int64_t total = 0, page = 0, limit = 20;
    std::vector<ProcessingLink> links;
};
constexpr auto describe(schema::Of<ProcessingJobsListOutput>) {
    using schema::field;
    using T = ProcessingJobsListOutput;
    return schema::fields(field("jobs", &T::jobs, {.required = true}), field("total", &T::total, {.required = true}),
                          field("page", &T::page, {.required = true}), field("limit", &T::limit, {.required = true}),
                          field("links", &T::links, {.required = true}));
}

constexpr OperationSpec kList{
    .id = "processing.jobs.list",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "List jobs of the organization, page by page.",
    .unknown_fields = schema::Unknown::Refused,
};

std::vector<std::string> separated(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        if (end > begin)
            words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

Result<ProcessingJobsListOutput> list(domain::Context& cx, const JobsListInput& in) {
    catalog::ProcessingJobList wanted;
    if (in.workspaceId) {
        TRY(const auto project, domain::require_project(cx, *in.workspaceId, domain::ProjectRole::Viewer));
        wanted.project_ids = {project.id};
    }
    wanted.process = in.processId;
    TRY(wanted.states, domain::states_of(in.status));
    if (in.ids)
        wanted.ids = separated(*in.ids);
    wanted.oldest_first = in.sort == "created,asc";
    wanted.limit = in.limit;
    wanted.offset = in.page * in.limit;
    TRY(const auto page, domain::list_readable_jobs(cx, std::move(wanted)));
    ProcessingJobsListOutput out;
    TRY(out.jobs, shown(cx, page.jobs));
    out.total = page.total;
    out.page = in.page;
    out.limit = in.limit;
    return out;
}

struct ProjectJobsInput {
    ProjectId project_id;
    std::optional<std::string> status, job_type_name;
    std::int64_t limit = 50, offset = 0;
};
constexpr auto describe(schema::Of<ProjectJobsInput>) {
    using schema::field;
    using T = ProjectJobsInput;
    return schema::fields(field("project_id", &T::project_id, {.required = true}),
                          field("status", &T::status, {.text = "pending, running, completed, failed or cancelled"}),
                          field("job_type_name", &T::job_type_name, {.max_length = 100}),
                          field("limit", &T::limit, {.min = 1, .max = 1000}), field("offset", &T::offset, {.min = 0}));
}

struct ProjectJobsListOutput {
    std::vector<ProcessingJob> jobs;
    std::int64_t total = 0;
};
constexpr auto describe(schema::Of<ProjectJobsListOutput>) {
    return schema::fields(schema::field("jobs", &ProjectJobsListOutput::jobs, {.required = true}),
                          schema::field("total", &ProjectJobsListOutput::total, {.required = true}));
}

constexpr OperationSpec kListOfProject{
    .id = "processing.project_jobs.list",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "List jobs of a project, newest first.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<ProjectJobsListOutput> list_of_project(domain::Context& cx, const ProjectJobsInput& in) {
    TRY(const auto project, domain::require_project(cx, in.project_id, domain::ProjectRole::Viewer));
    catalog::ProcessingJobList wanted;
    wanted.project_ids = {project.id};
    wanted.process = in.job_type_name;
    TRY(wanted.states, domain::states_of(in.status));
    wanted.limit = in.limit;
    wanted.offset = in.offset;
    TRY(const auto page, domain::list_readable_jobs(cx, std::move(wanted)));
    ProjectJobsListOutput out;
    TRY(out.jobs, shown(cx, page.jobs));
    out.total = page.total;
    return out;
}

/// As OGC API - Processes has a summary.
struct ProcessSummary {
    std::string id, title, description, version = "1.0.0";
    std::vector<std::string> jobControlOptions{"async-execute", "dismiss"}, outputTransmission{"reference"};
};
constexpr auto describe(schema::Of<ProcessSummary>) {
    using schema::field;
    using T = ProcessSummary;
    return schema::fields(field("id", &T::id, {.required = true}), field("title", &T::title, {.required = true}),
                          field("description", &T::description, {.required = true}),
                          field("version", &T::version, {.required = true}),
                          field("jobControlOptions", &T::jobControlOptions, {.required = true}),
                          field("outputTransmission", &T::outputTransmission, {.required = true}));
}

struct ProcessCatalogOutput {
    std::vector<ProcessSummary> processes;
    std::vector<ProcessingLink> links;
};
constexpr auto describe(schema::Of<ProcessCatalogOutput>) {
    return schema::fields(schema::field("processes", &ProcessCatalogOutput::processes, {.required = true}),
                          schema::field("links", &ProcessCatalogOutput::links, {.required = true}));
}

ProcessSummary summary_of(const domain::Process& process) {
    ProcessSummary out;
    out.id = process.id;
    out.title = process.title;
    out.description = process.description;
    return out;
}

constexpr OperationSpec kCatalog{
    .id = "processing.catalog.list",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "List what this server can process.",
    .is_public = true,
};

Result<ProcessCatalogOutput> list_catalog(domain::Context& /*cx*/, const Empty& /*in*/) {
    ProcessCatalogOutput out;
    for (const auto& process : domain::processes())
        out.processes.push_back(summary_of(process));
    return out;
}

struct ProcessGetInput {
    std::string process_id;
};
constexpr auto describe(schema::Of<ProcessGetInput>) {
    return schema::fields(
        schema::field("process_id", &ProcessGetInput::process_id, {.required = true, .max_length = 100}));
}

struct ProcessDescription : ProcessSummary {
    Json inputs = Json::object(), outputs = Json::object();
    schema::RawOf<schema::JsonObject> parameters;
};
constexpr auto describe(schema::Of<ProcessDescription>) {
    using schema::field;
    using T = ProcessDescription;
    return schema::joined(
        describe(schema::Of<ProcessSummary>{}),
        schema::fields(field("inputs", &T::inputs, {.text = "By name, each with its JSON Schema", .required = true}),
                       field("outputs", &T::outputs, {.required = true}),
                       field("parameters", &T::parameters, {.text = "JSON Schema of `parameters`", .required = true})));
}

Json input_of(std::string_view title, std::int64_t least, Json schema) {
    return Json::object(
        {{"title", title}, {"schema", std::move(schema)}, {"minOccurs", least}, {"maxOccurs", std::int64_t{1}}});
}

constexpr OperationSpec kDescribe{
    .id = "processing.catalog.get",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "Describe a process: its inputs, its parameters as JSON Schema, its outputs.",
    .is_public = true,
};

Result<ProcessDescription> describe_process(domain::Context& /*cx*/, const ProcessGetInput& in) {
    TRY(const auto* const process, domain::find_process(in.process_id));
    ProcessDescription out;
    static_cast<ProcessSummary&>(out) = summary_of(*process);
    const Json text = Json::object({{"type", "string"}});
    out.inputs.set("source_item_id", input_of("The item that is processed", 1, text));
    out.inputs.set("project_id", input_of("Where what is made goes", 0, text));
    out.inputs.set("output_name", input_of("Of what is made", 0, text));
    TRY(const Json parameters, Json::parse(process->parameters));
    for (const auto& [name, schema] : parameters["properties"].members()) {
        bool required = false;
        for (const Json& each : parameters["required"].items())
            required = required || each.as_view() == name;
        out.inputs.set(name, input_of(name, required ? 1 : 0, schema));
    }
    out.outputs.set("items", Json::object({{"title", "The items that were made"},
                                           {"schema", Json::object({{"type", "array"}, {"items", text}})}}));
    out.parameters = {std::string(process->parameters)};
    return out;
}

struct JobType {
    std::string name, category, description;
    schema::RawOf<schema::JsonObject> input_schema;
};
constexpr auto describe(schema::Of<JobType>) {
    using schema::field;
    return schema::fields(field("name", &JobType::name, {.required = true}),
                          field("category", &JobType::category, {.required = true}),
                          field("description", &JobType::description, {.required = true}),
                          field("input_schema", &JobType::input_schema, {.required = true}));
}

struct JobTypesInput {
    std::optional<std::string> category;
};
constexpr auto describe(schema::Of<JobTypesInput>) {
    return schema::fields(schema::field("category", &JobTypesInput::category, {.max_length = 100}));
}

constexpr OperationSpec kJobTypes{
    .id = "processing.job_types.list",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "List the types of jobs, all or of one category.",
    .unknown_fields = schema::Unknown::Refused,
};

Result<std::vector<JobType>> job_types(domain::Context& /*cx*/, const JobTypesInput& in) {
    std::vector<JobType> types;
    for (const auto& process : domain::processes())
        if (!in.category || *in.category == process.category)
            types.push_back({std::string(process.id),
                             std::string(process.category),
                             std::string(process.description),
                             {std::string(process.parameters)}});
    return types;
}

} // namespace

void add_processing_lists(Registry& registry) {
    registry.read(kList, list, Pace::Search);
    registry.read(kListOfProject, list_of_project, Pace::Search);
    registry.read(kCatalog, list_catalog);
    registry.read(kDescribe, describe_process);
    registry.read(kJobTypes, job_types);
}

} // namespace landfall::operations

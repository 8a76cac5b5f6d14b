#include "domain/processing/processes.hpp"
#include "operations/done.hpp"
#include "operations/processing/shown_job.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"

namespace landfall::operations {
namespace {

constexpr std::int64_t kMostValues = 1'000'000;

struct ProcessingCreateInput {
    std::string job_type_name;
    ProjectId project_id;
    schema::JsonObject parameters;
    std::optional<ItemId> source_item_id;
    std::optional<std::string> name;
};
constexpr auto describe(schema::Of<ProcessingCreateInput>) {
    using schema::field;
    using T = ProcessingCreateInput;
    return schema::fields(field("job_type_name", &T::job_type_name,
                                {.text = "One of processing.job_types.list", .required = true, .max_length = 100}),
                          field("project_id", &T::project_id, {.text = "Where what it makes goes", .required = true}),
                          field("parameters", &T::parameters, {.text = "As processing.catalog.get describes them"}),
                          field("source_item_id", &T::source_item_id),
                          field("name", &T::name, {.text = "Of what it makes", .min_length = 1, .max_length = 500}));
}

/// What was ordered, of which process.
struct Ordered {
    const domain::Process* process = nullptr;
    domain::ProcessOrder order;
};

Result<Ordered> ordered(const std::string& process, domain::ProcessOrder order) {
    TRY(const auto* const found, domain::find_process(process));
    CHECK_OK(domain::read_area(order));
    return Ordered{found, std::move(order)};
}

Result<Ordered> prepare(domain::Call& /*call*/, const ProcessingCreateInput& in) {
    return ordered(in.job_type_name, {in.project_id, in.source_item_id, in.name, in.parameters.value});
}

struct ProcessingCreated {
    ProcessingJob job;
};
constexpr auto describe(schema::Of<ProcessingCreated>) {
    return schema::fields(schema::field("job", &ProcessingCreated::job, {.required = true}));
}

constexpr OperationSpec kCreate{
    .id = "processing.create",
    .scope = "processing:process",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Order a job, which waits until it is dispatched; its credits are reserved.",
    .errors = Code::PaymentRequired | Code::Gone,
    .accepts_idempotency_key = true,
    .success_status = 201,
    .max_values = kMostValues,
};

Result<ProcessingCreated> create(domain::Context& cx, const ProcessingCreateInput& /*in*/, Ordered& ordered) {
    TRY(const auto job, domain::create_job(cx, *ordered.process, ordered.order));
    ProcessingCreated out;
    TRY(out.job, shown(cx, job));
    return out;
}

struct Dispatch {
    JobId job_id;
    std::string status = "queued", version = "1.0";
    Timestamp dispatched_at{};
};
constexpr auto describe(schema::Of<Dispatch>) {
    using schema::field;
    return schema::fields(field("job_id", &Dispatch::job_id, {.required = true}),
                          field("status", &Dispatch::status, {.required = true}),
                          field("version", &Dispatch::version, {.required = true}),
                          field("dispatched_at", &Dispatch::dispatched_at, {.required = true}));
}

struct ProcessingDispatchOutput {
    ProcessingJob job;
    Dispatch dispatch;
};
constexpr auto describe(schema::Of<ProcessingDispatchOutput>) {
    return schema::fields(schema::field("job", &ProcessingDispatchOutput::job, {.required = true}),
                          schema::field("dispatch", &ProcessingDispatchOutput::dispatch, {.required = true}));
}

Result<ProcessingDispatchOutput> dispatched(domain::Context& cx, const catalog::ProcessingJob& job,
                                            const std::string& version) {
    ProcessingDispatchOutput out;
    TRY(out.job, shown(cx, job));
    out.dispatch = {job.order.id, "queued", version, cx.now};
    return out;
}

struct ProcessingDispatchInput : JobIdInput {
    std::string version = "1.0";
};
constexpr auto describe(schema::Of<ProcessingDispatchInput>) {
    return schema::joined(
        describe(schema::Of<JobIdInput>{}),
        schema::fields(schema::field("version", &ProcessingDispatchInput::version, {.max_length = 20})));
}

constexpr OperationSpec kDispatch{
    .id = "processing.dispatch",
    .scope = "processing:process",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Queue a job that waits, or run one again that failed or was cancelled.",
    .errors = Code::PaymentRequired | Code::Gone | Code::Conflict,
    .accepts_idempotency_key = true,
};

Result<ProcessingDispatchOutput> dispatch(domain::Context& cx, const ProcessingDispatchInput& in) {
    TRY(const auto job, domain::dispatch_job(cx, in.job_id));
    return dispatched(cx, job, in.version);
}

using CreateAndDispatchInput = schema::Named<ProcessingCreateInput, "ProcessingCreateAndDispatchInput">;

constexpr OperationSpec kCreateAndDispatch{
    .id = "processing.create_and_dispatch",
    .scope = "processing:process",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Order a job and queue it.",
    .errors = Code::PaymentRequired | Code::Gone,
    .accepts_idempotency_key = true,
    .max_values = kMostValues,
};

Result<Ordered> prepare_begun(domain::Call& call, const CreateAndDispatchInput& in) {
    return prepare(call, in);
}

Result<ProcessingDispatchOutput> create_and_dispatch(domain::Context& cx, const CreateAndDispatchInput& /*in*/,
                                                     Ordered& ordered) {
    TRY(const auto job, domain::begin_job(cx, *ordered.process, ordered.order));
    return dispatched(cx, job, "1.0");
}

struct ProcessRunInput {
    std::string process_id;
    schema::JsonObject inputs;
};
constexpr schema::Rules kInputs{.text = "The parameters, with source_item_id, project_id and output_name beside them"};
constexpr auto describe(schema::Of<ProcessRunInput>) {
    using schema::field;
    return schema::fields(field("process_id", &ProcessRunInput::process_id, {.required = true, .max_length = 100}),
                          field("inputs", &ProcessRunInput::inputs, kInputs));
}

/// What the operations of OGC's form call inputs.
domain::ProcessOrder order_of(const schema::JsonObject& inputs) {
    domain::ProcessOrder order;
    order.parameters = inputs.value;
    const auto take = [&](std::string_view name) -> std::optional<std::string> {
        const Json* const value = order.parameters.find(name);
        std::optional<std::string> text;
        if (value != nullptr && value->is_string())
            text = value->as_string();
        order.parameters.erase(name);
        return text;
    };
    if (const auto source = take("source_item_id"))
        order.source_item_id = ItemId(*source);
    if (const auto project = take("project_id"))
        order.project_id = ProjectId(*project);
    order.name = take("output_name");
    return order;
}

struct ProcessExecuteInput : ProcessRunInput {
    ProjectId workspaceId;
};
constexpr auto describe(schema::Of<ProcessExecuteInput>) {
    return schema::joined(describe(schema::Of<ProcessRunInput>{}),
                          schema::fields(schema::field("workspaceId", &ProcessExecuteInput::workspaceId,
                                                       {.text = "The project", .required = true})));
}

struct ProcessExecuteOutput {
    JobId jobID;
    std::string processID, type = "process", status = "accepted";
    ProcessingJob job;
};
constexpr auto describe(schema::Of<ProcessExecuteOutput>) {
    using schema::field;
    using T = ProcessExecuteOutput;
    return schema::fields(field("jobID", &T::jobID, {.required = true}),
                          field("processID", &T::processID, {.required = true}),
                          field("type", &T::type, {.required = true}), field("status", &T::status, {.required = true}),
                          field("job", &T::job, {.required = true}));
}

constexpr OperationSpec kExecute{
    .id = "processing.execute",
    .scope = "processing:process",
    .side_effect = SideEffect::ExternalSpend,
    .summary = "Order a job in the form of OGC API - Processes and queue it.",
    .errors = Code::PaymentRequired | Code::Gone,
    .accepts_idempotency_key = true,
    .max_values = kMostValues,
};

Result<Ordered> prepare_execution(domain::Call& /*call*/, const ProcessExecuteInput& in) {
    auto order = order_of(in.inputs);
    order.project_id = in.workspaceId;
    return ordered(in.process_id, std::move(order));
}

Result<ProcessExecuteOutput> execute(domain::Context& cx, const ProcessExecuteInput& /*in*/, Ordered& ordered) {
    TRY(const auto job, domain::begin_job(cx, *ordered.process, ordered.order));
    ProcessExecuteOutput out;
    out.jobID = job.order.id;
    out.processID = job.order.process;
    TRY(out.job, shown(cx, job));
    return out;
}

constexpr OperationSpec kValidate{
    .id = "processing.catalog.validate",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "Check the inputs of a process; an empty answer says that a job of them would begin.",
    .errors = Code::Gone,
    .max_values = kMostValues,
};

Result<Json> validate(domain::Context& cx, const ProcessRunInput& in) {
    TRY(const auto* const process, domain::find_process(in.process_id));
    CHECK_OK(domain::price_job(cx, *process, order_of(in.inputs)));
    return Json::object();
}

struct ProcessingEstimateOutput {
    std::int64_t credits = 0, total_credits = 0;
};
constexpr auto describe(schema::Of<ProcessingEstimateOutput>) {
    using schema::field;
    using T = ProcessingEstimateOutput;
    return schema::fields(field("credits", &T::credits, {.required = true}),
                          field("total_credits", &T::total_credits, {.required = true}));
}

constexpr OperationSpec kEstimate{
    .id = "processing.catalog.estimate",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell how many credits a job of these inputs would take.",
    .errors = Code::Gone,
    .max_values = kMostValues,
};

Result<ProcessingEstimateOutput> estimate(domain::Context& cx, const ProcessRunInput& in) {
    TRY(const auto* const process, domain::find_process(in.process_id));
    TRY(const std::int64_t credits, domain::price_job(cx, *process, order_of(in.inputs)));
    return ProcessingEstimateOutput{credits, credits};
}

using JobGetInput = schema::Named<JobIdInput, "JobGetInput">;

constexpr OperationSpec kGet{
    .id = "processing.job.get",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell how far a job is and what came of it.",
};

Result<ProcessingJob> get(domain::Context& cx, const JobGetInput& in) {
    TRY(const auto job, domain::require_job(cx, in.job_id, domain::ProjectRole::Viewer));
    return shown(cx, job);
}

using ProjectJobGetInput = schema::Named<JobIdInput, "ProjectJobGetInput">;

constexpr OperationSpec kGetOfProject{
    .id = "processing.project_job.get",
    .scope = "processing:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell how far a job of a project is, to whoever may read the project.",
};

Result<ProcessingJob> get_of_project(domain::Context& cx, const ProjectJobGetInput& in) {
    TRY(const auto job, domain::require_job(cx, in.job_id, domain::ProjectRole::Viewer));
    return shown(cx, job);
}

using ProcessingJobInput = schema::Named<JobIdInput, "ProcessingJobInput">;

constexpr OperationSpec kTileInfo{
    .id = "processing.job.tile_info",
    .scope = "clip:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell where to see on a map what a completed job made.",
    .errors = Code::Conflict,
};

Result<JobTileInfo> processing_tile_info(domain::Context& cx, const ProcessingJobInput& in) {
    TRY(const auto job, domain::require_job(cx, in.job_id, domain::ProjectRole::Viewer));
    return tile_info(cx, job);
}

using ProcessingDeleteOutput = schema::Named<Done<JobId>, "ProcessingDeleteOutput">;

constexpr OperationSpec kDelete{
    .id = "processing.job.delete",
    .scope = "clip:destroy",
    .side_effect = SideEffect::Destructive,
    .summary = "Cancel a job, or remove one that has ended; the items that it made stay.",
};

Result<ProcessingDeleteOutput> remove(domain::Context& cx, const ProcessingJobInput& in) {
    CHECK_OK(domain::delete_job(cx, in.job_id));
    return ProcessingDeleteOutput{{true, in.job_id}};
}

struct JobRegisterInput : JobIdInput {
    std::optional<std::vector<schema::JsonObject>> outputs;
};
constexpr auto describe(schema::Of<JobRegisterInput>) {
    return schema::joined(describe(schema::Of<JobIdInput>{}),
                          schema::fields(schema::field(
                              "outputs", &JobRegisterInput::outputs,
                              {.text = "Not needed: jobs register what they make themselves", .max_items = 1000})));
}

struct ProcessingRegisterOutput {
    ProcessingJob job;
    std::vector<std::string> item_ids;
};
constexpr auto describe(schema::Of<ProcessingRegisterOutput>) {
    return schema::fields(schema::field("job", &ProcessingRegisterOutput::job, {.required = true}),
                          schema::field("item_ids", &ProcessingRegisterOutput::item_ids, {.required = true}));
}

constexpr OperationSpec kRegister{
    .id = "processing.job.register",
    .scope = "processing:process",
    .side_effect = SideEffect::Compute,
    .summary = "Confirm the items of a completed job, which it registered and paid for itself as it ended.",
    .errors = Code::Conflict,
};

Result<ProcessingRegisterOutput> confirm(domain::Context& cx, const JobRegisterInput& in) {
    TRY(const auto job, domain::require_job(cx, in.job_id, domain::ProjectRole::Editor));
    cx.keep_caches();
    if (job.queue.state != catalog::JobState::Completed)
        return fail(Code::Conflict, "The job has not completed; it registers what it makes as it ends");
    ProcessingRegisterOutput out;
    TRY(out.job, shown(cx, job));
    out.item_ids = out.job.output_item_ids;
    return out;
}

} // namespace

void add_processing(Registry& registry) {
    registry.prepared_write(kCreate, prepare, create);
    registry.write(kDispatch, dispatch);
    registry.prepared_write(kCreateAndDispatch, prepare_begun, create_and_dispatch);
    registry.prepared_write(kExecute, prepare_execution, execute);
    registry.read(kValidate, validate);
    registry.read(kEstimate, estimate);
    registry.read(kGet, get);
    registry.read(kGetOfProject, get_of_project);
    registry.read(kTileInfo, processing_tile_info);
    registry.write(kDelete, remove);
    registry.write(kRegister, confirm);
}

} // namespace landfall::operations

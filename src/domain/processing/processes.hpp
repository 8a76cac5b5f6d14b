#pragma once
/// What can be ordered: the list of processes. Contract: geopera.md section 9; `extensions.md`, "Processes".

#include "catalog/items/provenance.hpp"
#include "catalog/work/processing_job.hpp"
#include "domain/context.hpp"
#include "geo/area.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace landfall::domain {

/// What a caller orders, in his words.
struct ProcessOrder {
    ProjectId project_id; ///< empty: that of the source
    std::optional<ItemId> source_item_id;
    std::optional<std::string> name;
    Json parameters = Json::object();
    std::optional<geo::Area> area{}; ///< `aoi_geometry` of the parameters, once it was read: see `read_area`
    bool was_checked = false;        ///< an order that was made before, whose parameters need no second look
};
/// Reads the area of an order, which takes a while where it is large: before the transaction. InvalidArgument at
/// `aoi_geometry`; nothing is done for an order without one.
Status read_area(ProcessOrder& order);

/// A job to be, in a project into which the caller may write: with its price, parameters checked and completed.
struct PlannedJob {
    catalog::ProcessingJobRow row;
    std::vector<catalog::Entity> inputs;
};

/// A process of the catalog. Text members are literals.
struct Process {
    std::string_view id, title, description, category;
    std::string_view parameters; ///< JSON Schema of `parameters`
    /// Checks an order against what is there, for a caller who may order it. InvalidArgument and NotFound that name
    /// what to change, as fields of `parameters`.
    Result<PlannedJob> (*plan)(Context& cx, const ProcessOrder& order);
    /// Queues one under its id.
    Status (*enqueue)(Context& cx, const PlannedJob& planned);
};

std::span<const Process> processes();
/// NotFound for an unknown one, with those that there are.
Result<const Process*> find_process(const std::string& id);

} // namespace landfall::domain

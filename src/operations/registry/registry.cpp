#include "operations/registry/registry.hpp"

#include "auth/principal.hpp"
#include "operations/registry/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace landfall::operations {
namespace {

[[noreturn]] void reject(const OperationSpec& spec, std::string_view why) {
    throw std::logic_error(fmt::format("operation '{}': {}", spec.id, why));
}

void check(const OperationSpec& spec) {
    if (spec.id.find('.') == std::string_view::npos)
        reject(spec, "the id needs the form resource.verb");
    if (spec.summary.empty())
        reject(spec, "the summary is missing");
    const auto scopes = auth::known_scopes();
    if (std::find(scopes.begin(), scopes.end(), spec.scope) == scopes.end())
        reject(spec, "the scope is unknown");
    if (spec.side_effect == SideEffect::Read && spec.accepts_idempotency_key)
        reject(spec, "a read cannot take an idempotency key");
    if (spec.is_raw() && spec.media_type != OperationSpec{}.media_type)
        reject(spec, "a raw answer has its media types in raw_media_types only");
    if (spec.success_status < 200 || spec.success_status > 299)
        reject(spec, "the success status is none");
    if (spec.max_values < 1)
        reject(spec, "no body has so few values");
}

} // namespace

const Operation* Registry::find(std::string_view id) const {
    const auto it = operations_.find(id);
    return it != operations_.end() ? &it->second : nullptr;
}

const Operation* Registry::find_alias(std::string_view path) const {
    std::string id(path);
    std::replace(id.begin(), id.end(), '/', '.');
    return path.find('.') == std::string_view::npos ? find(id) : nullptr;
}

std::vector<const Operation*> Registry::all() const {
    std::vector<const Operation*> list;
    list.reserve(operations_.size());
    for (const auto& [id, operation] : operations_)
        list.push_back(&operation);
    return list;
}

void Registry::insert(Operation operation) {
    check(operation.spec);
    const std::string id(operation.spec.id);
    if (!operations_.emplace(id, std::move(operation)).second)
        throw std::logic_error(fmt::format("operation '{}' is listed twice", id));
}

Registry make_registry() {
    Registry registry;
    add_organizations(registry);
    add_organization_members(registry);
    add_users(registry);
    add_projects(registry);
    add_project_members(registry);
    add_api_keys(registry);
    add_uploads(registry);
    add_upload_parts(registry);
    add_upload_sessions(registry);
    add_collections(registry);
    add_items(registry);
    add_lifecycle(registry);
    add_assets(registry);
    add_crs(registry);
    add_tiles(registry);
    add_pixels(registry);
    add_clips(registry);
    add_processing(registry);
    add_processing_lists(registry);
    add_visualization(registry);
    add_band_formulas(registry);
    add_analysis_references(registry);
    add_statistics(registry);
    add_analytics(registry);
    add_analyses(registry);
    add_cog_tiles(registry);
    add_legend(registry);
    add_provenance(registry);
    add_stac(registry);
    add_sessions(registry);
    add_usage(registry);
    add_audit(registry);
    return registry;
}

} // namespace landfall::operations

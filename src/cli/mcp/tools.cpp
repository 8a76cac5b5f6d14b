#include "cli/mcp/tools.hpp"

#include <algorithm>

namespace landfall::cli {
namespace {

using operations::SideEffect;

bool is_allowed(SideEffect effect, const McpRights& rights) {
    switch (effect) {
    case SideEffect::Read:
        return true;
    case SideEffect::Destructive:
        return rights.destructive;
    default:
        return rights.writes;
    }
}

std::string name_of(std::string_view operation_id) {
    std::string name(operation_id);
    std::ranges::replace(name, '.', '_');
    return name;
}

Json shown(const std::string& name, const operations::Operation& operation) {
    const SideEffect effect = operation.spec.side_effect;
    const bool reads = effect == SideEffect::Read;
    return Json::object({{"name", name},
                         {"title", operation.spec.id},
                         {"description", operation.spec.summary},
                         {"inputSchema", operation.input_schema},
                         {"annotations", Json::object({{"readOnlyHint", reads},
                                                       {"destructiveHint", effect == SideEffect::Destructive},
                                                       {"idempotentHint", reads},
                                                       {"openWorldHint", false}})}});
}

} // namespace

McpTools::McpTools(const operations::Registry& registry, const McpRights& rights) {
    for (const auto* operation : registry.all()) {
        if (!is_allowed(operation->spec.side_effect, rights))
            continue;
        const std::string name = name_of(operation->spec.id);
        list_.push(shown(name, *operation));
        tools_.emplace(name, operation);
    }
}

const operations::Operation* McpTools::find(std::string_view name) const {
    const auto found = tools_.find(name);
    return found == tools_.end() ? nullptr : found->second;
}

} // namespace landfall::cli

#pragma once
/// Operations as tools of the Model Context Protocol.
/// Spec: Model Context Protocol 2025-06-18, "Tools".

#include "operations/registry/registry.hpp"
#include "schema/json.hpp"

#include <map>
#include <string>
#include <string_view>

namespace landfall::cli {

/// What a host may do through the tools, beyond reading.
struct McpRights {
    bool writes = false;      ///< what makes, changes or gives out something
    bool destructive = false; ///< what takes something away
};

/// The tools that these rights leave: one for each operation, called like it with `_` for the dots, which not every
/// host takes. The registry must outlive them.
class McpTools {
public:
    McpTools(const operations::Registry& registry, const McpRights& rights);

    /// What `tools/list` shows, in the order of the operations' ids: name, summary, schema of the input, and hints by
    /// the side effect.
    const Json& list() const { return list_; }
    /// Null where there is none.
    const operations::Operation* find(std::string_view name) const;

private:
    std::map<std::string, const operations::Operation*, std::less<>> tools_;
    Json list_ = Json::array();
};

} // namespace landfall::cli

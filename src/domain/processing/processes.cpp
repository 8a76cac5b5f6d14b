#include "domain/processing/processes.hpp"

#include "core/text.hpp"
#include "domain/processing/clip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace landfall::domain {

Status read_area(ProcessOrder& order) {
    if (const Json* const geometry = order.parameters.find("aoi_geometry")) {
        TRY(order.area, geo::parse_area(*geometry, "aoi_geometry"));
    }
    return {};
}

std::span<const Process> processes() {
    static constexpr std::array kAll{kClipProcess};
    return kAll;
}

Result<const Process*> find_process(const std::string& id) {
    const auto all = processes();
    const auto found = std::ranges::find(all, std::string_view(id), &Process::id);
    if (found != all.end())
        return &*found;
    std::string known;
    for (const Process& process : all)
        known += (known.empty() ? "" : ", ") + std::string(process.id);
    return fail(Code::NotFound, fmt::format("There is no process '{}'; there are: {}", clean_utf8(id, 100), known));
}

} // namespace landfall::domain

#include "imagery/analysis/measure_task.hpp"

#include <algorithm>

namespace landfall::imagery {

Status check(const MeasureAnswer& answer) {
    const bool whole = std::ranges::all_of(answer.zones, [&](const MeasuredZone& zone) {
        return zone.bands.size() == (zone.touches ? answer.bands.size() : 0);
    });
    if (!whole)
        return fail_field("zones", "Each zone has every band.");
    return {};
}

Status check(const BoxPictureAnswer& answer) {
    if (answer.file != "picture.png")
        return fail_field("file", "A picture of a box is picture.png.");
    return {};
}

} // namespace landfall::imagery

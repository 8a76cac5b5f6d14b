#pragma once
/// Durations as forecasts have them. Spec: ISO 8601; contract: swisstopo.md section 10.

#include <optional>
#include <string>
#include <string_view>

namespace landfall::stac {

/// `P3DT02H00M00S` of `P3DT2H`: the one text of a duration of days, hours, minutes and seconds, weeks too; nothing of
/// other texts. Equal durations have equal texts.
std::optional<std::string> normalized_duration(std::string_view text);

} // namespace landfall::stac

#pragma once
/// When a scene was taken, as texts tell it: dates in metadata, the names of the big archives' files, Landsat's
/// metadata. Only what is told: a text that cannot be read, or is a clock that was never set, tells nothing. No GDAL
/// here.

#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace landfall::imagery {

/// Two instants, the same for a moment.
struct SceneTime {
    Timestamp start{}, end{};
    friend bool operator==(const SceneTime&, const SceneTime&) = default;
};

/// A date and time as metadata writes them: RFC 3339 and ISO 8601 with or without separators, `2018:07:16 06:06:23` of
/// TIFF and EXIF, each with or without a zone (then UTC); a date alone is its midnight. Nothing for zeros and the
/// epoch, which stand for no time, and before 1900.
std::optional<Timestamp> parse_scene_time(std::string_view text);
/// Whether the text names a zone.
bool has_zone(std::string_view text);

/// From the name of a file of Landsat, Sentinel-1, -2, -3 and -5P, PlanetScope and SkySat, MODIS and VIIRS, or HLS; a
/// name that tells the day gives its midnight (UTC). `stem`: without extension.
std::optional<SceneTime> time_of_scene_name(std::string_view stem);

/// From the text of a Landsat scene's `_MTL.txt`.
std::optional<SceneTime> time_of_scene_metadata(std::string_view text);

} // namespace landfall::imagery

#pragma once
/// How a file is shown before anyone has said how (`geopera.md` section 7.4). Pure, no GDAL.

#include "imagery/facts.hpp"
#include "imagery/tile_request.hpp"

namespace landfall::imagery {

/// Whether it is an elevation-like, categorical, colour or plain band decides:
/// - bands that the file itself calls red, green and blue (by colour interpretation, else by name or description):
///   those three; 8-bit ones whose colours are declared by interpretation are shown as they are, others stretched
/// - four or more bands without such names: 3, 2, 1, the order of satellite products (blue, green, red, near infrared…)
/// - three bands without names: 1, 2, 3
/// - categorical or palette files: the first band, nearest, its own colours
/// - otherwise the first band in gray
/// Stretches are p2..p98 of the statistics; 8-bit gray is shown as it is.
Rendering default_rendering(const Facts& facts);

/// The default rendering as a profile's `config`.
Json profile_config(const Facts& facts);

/// `rgb`, `singleband`, as `visualization.profile.create` types them.
std::string profile_type(const Facts& facts);

/// What the renderer takes from the probe: per band its names and p2, p98, and whether the file is categorical.
TileFacts tile_facts(const Facts& facts);

} // namespace landfall::imagery

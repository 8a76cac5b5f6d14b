#pragma once
/// What the values of bands tell of their meaning. No GDAL here.

#include "imagery/facts.hpp"
#include "raster/probe/block_scan.hpp"
#include "raster/vocabulary.hpp"

namespace landfall::raster {

/// Whether whole numbers without colour role, unit or scale are so few that they stand for classes or bit fields: up to
/// 24 of bytes, in every band; of one wider band as many, or 64 far apart, unless they are neighbours high above zero,
/// as elevations of a plain are. `bands` have their statistics, `pixels` is how many there are.
bool look_like_classes(const std::vector<BandFacts>& bands, const ScanResult& scan, double pixels);

/// The number of a band that is called alpha and holds infrared, which some writers of aerial pictures mark so: hardly
/// ever 0 or full, with many values. 0 without one.
int infrared_alpha(const std::vector<BandFacts>& bands, const ScanResult& scan);

} // namespace landfall::raster

#pragma once
/// What can be told of a formula before a file is read. Pure, no GDAL.

#include "imagery/band_names.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace landfall::imagery {

/// A band as formulas and lists spell it: a role in its one spelling and upper case (`NIR`, `SWIR1`), anything else as
/// it is.
std::string spelled_band(std::string_view name);

/// The bands that a formula names, each once, in the order of their first use, spelled as above.
/// What is called like a function is none.
std::vector<std::string> bands_named(std::string_view formula);

/// Whether it can be computed over bands of these names. InvalidArgument as `Expression::compile` says, about the field
/// `formula`.
Status check_formula(std::string_view formula, const BandNames& names);

/// The ids of the sensors that have every role that it names.
std::vector<std::string> sensors_for(std::string_view formula);

} // namespace landfall::imagery

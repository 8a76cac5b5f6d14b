#pragma once
/// Sensors and the order of their bands, for files that name none (`analytics.sensors.list`, geopera.md section 11).
/// Pure, no GDAL.

#include "imagery/band_names.hpp"

#include <span>
#include <string_view>

namespace landfall::imagery {

/// A band as its sensor numbers it.
struct SensorBand {
    std::string_view id;   ///< `B04`, as products name it; may be the role
    std::string_view role; ///< `red`: see band_roles.hpp
    int nanometres = 0;    ///< centre wavelength; 0: none of one, or not told
};

struct Sensor {
    std::string_view id;     ///< `sentinel-2`
    std::string_view name;   ///< `Sentinel-2 MSI`
    std::string_view source; ///< where the bands are described
    /// Orders in which products stack the bands, told apart by how many there are; the usual one first.
    std::span<const std::span<const SensorBand>> layouts;

    std::span<const SensorBand> bands() const { return layouts.front(); }
    /// The order of a file of so many bands; the usual one if no product has as many.
    std::span<const SensorBand> bands_of(int count) const;
    bool has(std::string_view role) const;
};

/// All of them, by id.
std::span<const Sensor> sensors();

/// In any case. NotFound names those that there are.
Result<const Sensor*> find_sensor(std::string_view id);

/// The bands of the sensor's usual order, under ids and roles: what a formula may name before there is a file.
BandNames names_of(const Sensor& sensor);

/// The names of a file, and those by which the sensor knows its bands. Names of the file beat the sensor's order, which
/// serves only where the file names no band that the sensor knows.
BandNames with_sensor(const BandNames& file, const Sensor& sensor);

/// Every role and every band id of all sensors, each as a band of its own: for formulas that are kept for any file.
BandNames names_of_any();

} // namespace landfall::imagery

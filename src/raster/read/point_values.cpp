#include "raster/read/point_values.hpp"

#include <type_traits>

namespace landfall::raster {
namespace {

/// A value as JSON has it: integers stay integers, whatever their size.
Json value_of(const Samples& plane, std::size_t pixel, const std::array<double, 2>& scaling) {
    return std::visit(
        [&](const auto& values) -> Json {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            const Value value = values[pixel];
            if (scaling[0] != 1 || scaling[1] != 0)
                return Json(static_cast<double>(value) * scaling[0] + scaling[1]);
            if constexpr (std::is_floating_point_v<Value>)
                return Json(static_cast<double>(value));
            else if constexpr (std::is_signed_v<Value>)
                return Json(static_cast<std::int64_t>(value));
            else
                return Json(static_cast<std::uint64_t>(value));
        },
        plane);
}

} // namespace

Result<PointAnswer> point_values(SourceImage& source, const ImageSpec& spec, const PointOrder& order) {
    TRY(const Image image, read_points(source, spec, "EPSG:4326", order.coordinates));
    PointAnswer answer;
    for (std::size_t plane = 0; plane < image.planes.size(); ++plane) {
        PointValues band;
        band.band = image.bands.empty() ? 0 : image.bands[plane];
        const bool scaled = order.scaled && band.band > 0;
        const std::array<double, 2> scaling{scaled ? source.band_scale(band.band) : 1,
                                            scaled ? source.band_offset(band.band) : 0};
        for (std::size_t point = 0; point < order.coordinates.size(); ++point)
            band.values.push_back(image.mask(plane)[point] == 0 ? Json()
                                                                : value_of(image.planes[plane], point, scaling));
        answer.bands.push_back(std::move(band));
    }
    return answer;
}

} // namespace landfall::raster

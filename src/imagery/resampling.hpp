#pragma once
/// How the value of a pixel is made of the pixels of its source.

#include "schema/fields.hpp"

#include <array>
#include <string_view>

namespace landfall::imagery {

/// As GDAL knows them. Nearest, mode, min and max give values that the source has; mode, min and max read it at full
/// resolution as far as the pixel budget goes.
enum class Resampling { Nearest, Bilinear, Cubic, Average, Mode, Min, Max };
constexpr auto enum_names(schema::Of<Resampling>) {
    using enum Resampling;
    using Name = schema::EnumName<Resampling>;
    return std::array{Name{Nearest, "nearest"}, Name{Bilinear, "bilinear"}, Name{Cubic, "cubic"},
                      Name{Average, "average"}, Name{Mode, "mode"},         Name{Min, "min"},
                      Name{Max, "max"}};
}

} // namespace landfall::imagery

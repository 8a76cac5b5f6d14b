#pragma once
/// Values of a raster at points, as workers are asked for them and answer.

#include "core/result.hpp"
#include "schema/fields.hpp"
#include "schema/json.hpp"

#include <array>
#include <vector>

namespace landfall::imagery {

struct PointOrder {
    std::vector<std::array<double, 2>> coordinates; ///< longitude, latitude
    bool scaled = false;                            ///< scale and offset applied
};
constexpr auto describe(schema::Of<PointOrder>) {
    return schema::fields(
        schema::field("coordinates", &PointOrder::coordinates, {.required = true, .min_items = 1, .max_items = 10'000}),
        schema::field("scaled", &PointOrder::scaled));
}

/// Values of one band at points: numbers, or null where it has none.
struct PointValues {
    int band = 0; ///< 1-based; 0: of an expression
    std::vector<Json> values;
};
constexpr auto describe(schema::Of<PointValues>) {
    return schema::fields(schema::field("band", &PointValues::band, {.required = true, .min = 0, .max = 65'535}),
                          schema::field("values", &PointValues::values, {.required = true, .max_items = 10'000}));
}

struct PointAnswer {
    std::vector<PointValues> bands;
};
constexpr auto describe(schema::Of<PointAnswer>) {
    return schema::fields(schema::field("bands", &PointAnswer::bands, {.required = true, .max_items = 1024}));
}
/// InvalidArgument unless all values are numbers or null.
inline Status check(const PointAnswer& answer) {
    for (const PointValues& band : answer.bands)
        for (const Json& value : band.values)
            if (!value.is_null() && !value.is_number())
                return fail_field("values", "The values of points are numbers.");
    return {};
}

} // namespace landfall::imagery

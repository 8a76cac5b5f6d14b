#include "imagery/facts.hpp"

#include "core/time.hpp"
#include "geo/footprint.hpp"
#include "imagery/sniff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace landfall::imagery {
namespace {

tl::unexpected<Error> wrong(std::string sentence) {
    return fail(Code::InvalidArgument, std::move(sentence));
}

Status check_one_kind(const Facts& facts) {
    if (facts.raster.has_value() == facts.vector.has_value())
        return wrong("Facts are either of a raster or of vectors.");
    return {};
}

bool is_word(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '_';
    });
}

Status check_place(const Facts& facts) {
    if (facts.geometry.has_value() != facts.bbox.has_value())
        return wrong("A footprint and its box come together.");
    if (!facts.geometry)
        return {};
    const std::string_view type = (*facts.geometry)["type"].as_view();
    if (type != "Polygon" && type != "MultiPolygon")
        return wrong("A footprint is a Polygon or a MultiPolygon.");
    const auto& [west, south, east, north] = *facts.bbox;
    if (std::abs(west) > 360 || std::abs(east) > 360 || south < -90 || north > 90 || south > north)
        return wrong("The box of a footprint lies on the globe.");
    CHECK_OK(geo::footprint_of(*facts.geometry, geo::Bounds{west, south, east, north}));
    return {};
}

Status check_raster(const Facts& facts) {
    const RasterFacts& raster = *facts.raster;
    if (raster.bands.size() > static_cast<std::size_t>(raster.band_count))
        return wrong("There are more bands listed than the file has.");
    for (const BandFacts& band : raster.bands)
        if (!is_word(band.data_type))
            return wrong("The type of a band is no name.");
    if (raster.renderable && (!facts.geometry || raster.bands.empty()))
        return wrong("What can be drawn on a map has a footprint and bands.");
    return {};
}

Status check_vector(const Facts& facts) {
    const VectorFacts& vector = *facts.vector;
    if (vector.layer_count < static_cast<std::int64_t>(vector.layers.size()))
        return wrong("There are more layers listed than the file has.");
    if (schema::to_json_text(vector.layers).size() > kMaxLayerText)
        return wrong("There are more layers and fields listed than a document has room for.");
    return {};
}

} // namespace

Status check(const Facts& facts) {
    CHECK_OK(check_one_kind(facts));
    if (!is_word(facts.driver))
        return wrong("The driver is no name.");
    if (!facts.media_type.empty() && !is_media_type_of_data(facts.media_type))
        return wrong(fmt::format("No file has the media type '{}'.", facts.media_type));
    if (facts.gsd && !(std::isfinite(*facts.gsd) && *facts.gsd > 0))
        return wrong("The size of a pixel on the ground is a positive number.");
    for (const auto& time : {facts.datetime, facts.start_datetime, facts.end_datetime})
        if (time)
            CHECK_OK(parse_rfc3339(*time));
    if (facts.start_datetime.has_value() != facts.end_datetime.has_value())
        return wrong("Start and end of an acquisition come together.");
    CHECK_OK(check_place(facts));
    return facts.raster ? check_raster(facts) : check_vector(facts);
}

Result<Facts> facts_from_text(std::string_view text) {
    auto facts = [&]() -> Result<Facts> {
        TRY(const Json json, Json::parse(text));
        TRY(auto read, schema::from_json<Facts>(json));
        CHECK_OK(check_one_kind(read));
        return read;
    }();
    if (!facts)
        return fail_internal("stored facts: " + facts.error().message);
    return facts;
}

bool has_infrared_alpha(const Facts& facts) {
    return facts.raster && std::any_of(facts.raster->bands.begin(), facts.raster->bands.end(),
                                       [](const BandFacts& band) { return band.color_interpretation == "nir"; });
}

bool is_complex(const BandFacts& band) {
    return band.data_type.starts_with('c');
}

} // namespace landfall::imagery

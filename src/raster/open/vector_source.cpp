#include "raster/open/vector_source.hpp"

#include "core/text.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogrsf_frmts.h>

#include <array>

namespace landfall::raster {
namespace {

constexpr std::size_t kMaxName = 256;
const std::string kSequence = "GeoJSONSeq";

std::string_view help_with(const std::string& driver, bool failed) {
    if (driver == "GPKG")
        return "If it holds raster tiles, convert it to GeoTIFF with gdal_translate and upload that.";
    if (driver == "GeoJSON")
        return "It must be a FeatureCollection, a Feature or a geometry, or features one a line; convert other forms "
               "with ogr2ogr.";
    if (driver == "KML")
        return failed ? "Its XML is not well-formed: check it with xmllint and upload it again."
                      : "Network links and ground overlays are not followed; upload their placemarks or the image "
                        "itself.";
    return "Check it with ogrinfo and upload it again.";
}

} // namespace

Result<DatasetHandle> open_source_vector(const Source& source, const QuietErrors& errors) {
    const std::string& driver = source.what.driver;
    const std::array<const char*, 2> immutable = {"IMMUTABLE=YES", nullptr};
    DatasetHandle dataset = open_vector(source.path, driver, driver == "GPKG" ? immutable.data() : nullptr);
    // Only past the first feature is it seen that features follow one another.
    if (dataset == nullptr && driver == "GeoJSON")
        dataset = open_vector(source.path, kSequence, nullptr);
    if (dataset != nullptr && dataset->GetLayerCount() > 0)
        return dataset;
    return fail(Error{Code::InvalidArgument, fmt::format("The {} file has no layer that can be read. {}",
                                                         format_name(driver), help_with(driver, errors.failed()))}
                    .because(errors.text()));
}

std::string layer_name(OGRLayer& layer, const Source& source) {
    const std::string own = layer.GetName();
    return clean_utf8(own == "input" && !source.stem.empty() ? source.stem : own, kMaxName);
}

CrsHandle layer_crs(OGRLayer& layer, const Source& source) {
    const OGRSpatialReference* const own = layer.GetSpatialRef();
    if (CrsHandle given = source.given_crs.instead(own != nullptr && own->IsEmpty() == 0); given != nullptr)
        return given;
    return own != nullptr ? copy_crs(*own) : CrsHandle();
}

} // namespace landfall::raster

#include "raster/convert/uploaded_raster.hpp"

#include "raster/convert/one_validity.hpp"
#include "raster/open/crs.hpp"
#include "raster/open/placed_dataset.hpp"
#include "raster/open/source.hpp"
#include "raster/probe/georeference.hpp"
#include "raster/probe/probe.hpp"

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <array>
#include <vector>

namespace landfall::raster {
namespace {

/// Leaves out the height of a reference system that GeoTIFF cannot hold, where that helps.
Result<DatasetHandle> flattened(DatasetHandle dataset, const std::string& path) {
    const CrsHandle flat = copy_crs(*dataset->GetSpatialRef());
    char* text = nullptr;
    const std::array<const char*, 2> options = {"FORMAT=WKT2_2019", nullptr};
    if (flat->DemoteTo2D(nullptr) != OGRERR_NONE || !fits_geotiff(*flat) ||
        flat->exportToWkt(&text, options.data()) != OGRERR_NONE)
        return dataset;
    const std::string wkt = text;
    CPLFree(text);
    return translated(*dataset, path, {"-a_srs", wkt});
}

/// What a user gave instead of what the file declares.
CrsHandle given_crs_of(GDALDataset& dataset, const Source& source) {
    const OGRSpatialReference* const own = dataset.GetSpatialRef();
    return source.given_crs.instead((own != nullptr && own->IsEmpty() == 0) || !source.prj_text.empty());
}

} // namespace

Result<DatasetHandle> open_uploaded_raster(const std::string& folder, const WorkerFiles& files) {
    TRY(const Source source, prepare_source(source_request(folder, files)));
    std::vector<std::string> ignored;
    TRY(DatasetHandle dataset, open_source_raster(source, ignored));
    for (int band = 1; band <= dataset->GetRasterCount(); ++band)
        if (GDALDataTypeIsComplex(dataset->GetRasterBand(band)->GetRasterDataType()))
            return fail(Code::InvalidArgument, "The file holds complex numbers; it can't be shown as a picture.");
    if (CrsHandle given = given_crs_of(*dataset, source); given != nullptr)
        dataset = with_place(std::move(dataset), std::nullopt, std::move(given));
    const OGRSpatialReference* const own = dataset->GetSpatialRef();
    if (own != nullptr && !own->IsEmpty())
        return fits_geotiff(*own) ? std::move(dataset) : flattened(std::move(dataset), folder + "/flat.tif");
    if (dataset->GetGCPCount() > 0)
        return dataset;
    const Georeference place = read_georeference(*dataset, source.prj_text, {});
    if (place.crs.wkt.empty())
        return dataset;
    return translated(*dataset, folder + "/placed.tif", {"-a_srs", place.crs.wkt});
}

} // namespace landfall::raster

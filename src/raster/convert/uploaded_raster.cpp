#include "raster/convert/uploaded_raster.hpp"

#include "raster/open/crs.hpp"
#include "raster/open/source.hpp"
#include "raster/probe/georeference.hpp"
#include "raster/probe/probe.hpp"

#include <gdal_priv.h>
#include <gdal_utils.h>
#include <ogr_spatialref.h>

#include <array>
#include <cpl_string.h>
#include <memory>
#include <vector>

namespace landfall::raster {
namespace {

struct TranslateOptionsDeleter {
    void operator()(GDALTranslateOptions* options) const { GDALTranslateOptionsFree(options); }
};

/// A copy of the picture that carries the reference system.
Result<DatasetHandle> with_crs(GDALDataset& dataset, const std::string& wkt, const std::string& path) {
    CPLStringList words;
    for (const char* word : {"-of", "GTiff", "-a_srs", wkt.c_str(), "-co", "TILED=YES", "-co", "COMPRESS=ZSTD", "-co",
                             "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER"})
        words.AddString(word);
    const std::unique_ptr<GDALTranslateOptions, TranslateOptionsDeleter> options(
        GDALTranslateOptionsNew(words.List(), nullptr));
    if (!options)
        return fail_internal("the options of a translation were refused");
    int usage_error = 0;
    DatasetHandle copy(GDALDataset::FromHandle(GDALTranslate(path.c_str(), &dataset, options.get(), &usage_error)));
    if (!copy)
        return fail(Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(
            CPLGetLastErrorMsg()));
    return copy;
}

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
    return with_crs(*dataset, wkt, path);
}

} // namespace

Result<DatasetHandle> open_uploaded_raster(const std::string& folder, const WorkerFiles& files) {
    SourceRequest request;
    request.folder = folder;
    request.file = files.file;
    request.sidecars = files.sidecars;
    request.original_name = files.original_name.empty() ? files.file : files.original_name;
    TRY(const Source source, prepare_source(request));
    std::vector<std::string> ignored;
    TRY(DatasetHandle dataset, open_source_raster(source, ignored));
    for (int band = 1; band <= dataset->GetRasterCount(); ++band)
        if (GDALDataTypeIsComplex(dataset->GetRasterBand(band)->GetRasterDataType()))
            return fail(Code::InvalidArgument, "The file holds complex numbers; it can't be shown as a picture.");
    const OGRSpatialReference* const own = dataset->GetSpatialRef();
    if (own != nullptr && !own->IsEmpty())
        return fits_geotiff(*own) ? std::move(dataset) : flattened(std::move(dataset), folder + "/flat.tif");
    if (dataset->GetGCPCount() > 0)
        return dataset;
    const Georeference place = read_georeference(*dataset, source.prj_text);
    if (place.crs.wkt.empty())
        return dataset;
    return with_crs(*dataset, place.crs.wkt, folder + "/placed.tif");
}

} // namespace landfall::raster

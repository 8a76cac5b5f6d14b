#include "raster/convert/cog.hpp"

#include "raster/convert/one_validity.hpp"
#include "raster/convert/uploaded_raster.hpp"
#include "raster/open/crs.hpp"
#include "raster/open/drivers.hpp"
#include "raster/open/thread_option.hpp"
#include "raster/probe/bands.hpp"
#include "raster/read/masks.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>
#include <gdal_utils.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <cpl_string.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace landfall::raster {
namespace {

constexpr std::string_view kOutput = "output.tif";
constexpr std::string_view kWarped = "warped.tif";
constexpr std::string_view kMasked = "masked.tif";
constexpr std::string_view kRoles = "roles.tif";
/// At which no eye tells a JPEG from the one it was made of, for a third of the bytes that no loss would take.
constexpr const char* kJpegQuality = "95";

/// A bar from 0 to 1 of one stage within the whole task, that can stop GDAL.
struct Stage {
    const Progress* progress = nullptr;
    std::string_view name;
    double start = 0, length = 1;
    bool stopped = false;

    static int CPL_STDCALL report(double share, const char* /*message*/, void* data) {
        auto& stage = *static_cast<Stage*>(data);
        if (!stage.stopped && !(*stage.progress)(stage.start + stage.length * share, stage.name))
            stage.stopped = true;
        return stage.stopped ? FALSE : TRUE;
    }
};

tl::unexpected<Error> canceled() {
    return fail(Code::Canceled, "The conversion was canceled.");
}

tl::unexpected<Error> unreadable(const QuietErrors& quiet) {
    return fail(
        Error{Code::InvalidArgument, "Some pixels of the file can't be decoded: it is damaged."}.because(quiet.text()));
}

/// Forgets odd sample sizes (15 bits in 16), which the predictor refuses and readers unpack slowly.
void widen_samples(GDALDataset& dataset) {
    for (int band = 1; band <= dataset.GetRasterCount(); ++band)
        dataset.GetRasterBand(band)->SetMetadataItem("NBITS", nullptr, "IMAGE_STRUCTURE");
}

bool has_points_only(GDALDataset& dataset) {
    std::array<double, 6> transform{};
    return dataset.GetGeoTransform(transform.data()) != CE_None && dataset.GetGCPCount() >= 3 &&
           dataset.GetGCPSpatialRef() && !dataset.GetGCPSpatialRef()->IsEmpty();
}

/// A value for the corners that a warped picture leaves open: its own, else the lowest of the type, NaN for floats.
/// Nothing where any value may be a valid one: then an alpha band tells.
std::optional<std::string> missing_value(GDALDataset& dataset) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    if (const auto own = nodata_value(band))
        return std::isnan(*own) ? "nan" : fmt::format("{}", *own);
    switch (band.GetRasterDataType()) {
    case GDT_Byte:
    case GDT_UInt16:
        return std::nullopt;
    case GDT_Float32:
    case GDT_Float64:
        return "nan";
    case GDT_Int16:
        return fmt::format("{}", std::numeric_limits<std::int16_t>::min());
    case GDT_Int32:
        return fmt::format("{}", std::numeric_limits<std::int32_t>::min());
    default:
        return "0";
    }
}

struct WarpOptionsDeleter {
    void operator()(GDALWarpAppOptions* options) const { GDALWarpAppOptionsFree(options); }
};

std::string wkt_of(const OGRSpatialReference& crs) {
    char* text = nullptr;
    const bool known = crs.exportToWkt(&text) == OGRERR_NONE && text != nullptr;
    std::string wkt = known ? text : "";
    CPLFree(text);
    return wkt;
}

/// Moves a picture into a coordinate system that GeoTIFF can hold: one with ground control points only into theirs.
Result<DatasetHandle> placed(GDALDataset& dataset, const std::string& path, bool categorical, Stage& stage) {
    const bool by_points = has_points_only(dataset);
    const std::string crs = by_points ? wkt_of(*dataset.GetGCPSpatialRef()) : "EPSG:4326";
    CPLStringList words;
    for (const char* word :
         {"-of", "GTiff", "-t_srs", crs.c_str(), "-r", categorical ? "near" : "bilinear", "-co", "TILED=YES", "-co",
          "COMPRESS=ZSTD", "-co", "ZSTD_LEVEL=1", "-co", "BIGTIFF=IF_SAFER", "-wm", "64"})
        words.AddString(word);
    if (by_points)
        words.AddString(dataset.GetGCPCount() <= 400 ? "-tps" : "-order");
    if (by_points && dataset.GetGCPCount() > 400)
        words.AddString("3");
    const auto missing = missing_value(dataset);
    words.AddString(missing ? "-dstnodata" : "-dstalpha");
    if (missing)
        words.AddString(missing->c_str());
    const std::unique_ptr<GDALWarpAppOptions, WarpOptionsDeleter> options(GDALWarpAppOptionsNew(words.List(), nullptr));
    if (!options)
        return fail_internal("the options of a warp were refused");
    GDALWarpAppOptionsSetProgress(options.get(), &Stage::report, &stage);
    GDALDatasetH source = &dataset;
    int usage_error = 0;
    DatasetHandle warped(
        GDALDataset::FromHandle(GDALWarp(path.c_str(), nullptr, 1, &source, options.get(), &usage_error)));
    if (stage.stopped)
        return canceled();
    if (!warped)
        return fail(Error{Code::InvalidArgument, "The file's georeference doesn't give it a place on a map."}.because(
            CPLGetLastErrorMsg()));
    return warped;
}

/// How overviews are made. Averages of palette indices, and of signed bytes that GDAL 3.6 takes for unsigned, are
/// wrong.
const char* overview_resampling(GDALDataset& dataset, bool categorical) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    if (band.GetColorTable() != nullptr || band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") != nullptr)
        return "NEAREST";
    return categorical ? "MODE" : "AVERAGE";
}

/// Whether each overview that a file brings is at most two thirds of what it reduces, both ways, as readers expect.
bool has_regular_overviews(GDALDataset& dataset) {
    GDALRasterBand& band = *dataset.GetRasterBand(1);
    int width = band.GetXSize();
    int height = band.GetYSize();
    for (int i = 0; i < band.GetOverviewCount(); ++i) {
        GDALRasterBand* const overview = band.GetOverview(i);
        if (overview == nullptr || overview->GetXSize() * 3.0 > width * 2.0 ||
            overview->GetYSize() * 3.0 > height * 2.0)
            return false;
        width = overview->GetXSize();
        height = overview->GetYSize();
    }
    return true;
}

bool is_jpeg(GDALDataset& dataset) {
    const char* const name = dataset.GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE");
    return name != nullptr && std::string_view(name).ends_with("JPEG");
}

/// Whether JPEG may be written: gray or colour of bytes, every value of which may change a little.
bool suits_jpeg(GDALDataset& dataset, bool categorical) {
    const int count = dataset.GetRasterCount();
    if (categorical || (count != 1 && count != 3) || alpha_band(dataset) != 0)
        return false;
    for (int number = 1; number <= count; ++number) {
        GDALRasterBand& band = *dataset.GetRasterBand(number);
        if (band.GetRasterDataType() != GDT_Byte || is_signed_byte(band) || nodata_value(band))
            return false;
    }
    return true;
}

void set_codec(const CogArguments& arguments, bool jpeg, bool categorical, CPLStringList& options) {
    if (jpeg) {
        options.SetNameValue("COMPRESS", "JPEG");
        options.SetNameValue("QUALITY", kJpegQuality);
        return;
    }
    options.SetNameValue("COMPRESS", arguments.compression == CogCompression::Deflate ? "DEFLATE" : "ZSTD");
    options.SetNameValue("LEVEL", fmt::format("{}", arguments.level).c_str());
    options.SetNameValue("PREDICTOR", categorical ? "NO" : "YES");
}

CPLStringList creation_options(const CogArguments& arguments, GDALDataset& input, bool jpeg, bool categorical) {
    CPLStringList options;
    set_codec(arguments, jpeg, categorical, options);
    options.SetNameValue("BLOCKSIZE", arguments.block_size == 512 ? "512" : "256");
    options.SetNameValue("BIGTIFF", "IF_SAFER");
    options.SetNameValue("NUM_THREADS", fmt::format("{}", arguments.threads).c_str());
    // Averaged class numbers are other classes: overviews that the file brings can't be trusted for that.
    options.SetNameValue("OVERVIEWS", categorical || !has_regular_overviews(input) ? "IGNORE_EXISTING" : "AUTO");
    options.SetNameValue("OVERVIEW_RESAMPLING", overview_resampling(input, categorical));
    return options;
}

/// The dataset with its validity as a GeoTIFF can hold it.
Result<DatasetHandle> with_plain_validity(DatasetHandle dataset, const std::string& folder, bool alpha_is_data) {
    if (has_own_mask(*dataset->GetRasterBand(1)))
        return with_one_mask(*dataset, fmt::format("{}/{}", folder, kMasked));
    if (has_several_nodata(*dataset)) {
        TRY(dataset, with_one_nodata(*dataset, fmt::format("{}/{}", folder, kMasked)));
    }
    const int alpha = alpha_band(*dataset);
    const int first = alpha == 1 ? 2 : 1;
    const std::string path = fmt::format("{}/{}", folder, kRoles);
    if (alpha != 0 && alpha_is_data)
        return translated(*dataset, path, {fmt::format("-colorinterp_{}", alpha), "undefined"});
    // Where GDAL does not see the alpha band it would average what that hides into the overviews.
    if (alpha != 0 && dataset->GetRasterBand(first)->GetMaskFlags() == GMF_ALL_VALID)
        return translated(*dataset, path, {"-mask", fmt::format("{}", alpha)});
    return dataset;
}

Result<CogAnswer> answer_of(const std::string& path, const QuietErrors& quiet) {
    const DatasetHandle written = open_raster(path, "GTiff");
    struct stat status{};
    if (!written || stat(path.c_str(), &status) != 0)
        return fail_internal("the rendition can't be opened again: " + quiet.text());
    return CogAnswer{.file = std::string(kOutput),
                     .size_bytes = static_cast<std::int64_t>(status.st_size),
                     .width = written->GetRasterXSize(),
                     .height = written->GetRasterYSize(),
                     .band_count = written->GetRasterCount(),
                     .data_type = stac_type(*written->GetRasterBand(1)),
                     .nodata = nodata_value(*written->GetRasterBand(1)),
                     .overviews = written->GetRasterBand(1)->GetOverviewCount()};
}

} // namespace

Result<CogAnswer> write_cog(const std::string& folder, DatasetHandle input, const CogArguments& arguments, Loss loss,
                            const Part& part) {
    QuietErrors quiet;
    const bool categorical = arguments.categorical || input->GetRasterBand(1)->GetColorTable() != nullptr;
    const ThreadOption threads("GDAL_NUM_THREADS", fmt::format("{}", arguments.threads));
    TRY(input, with_plain_validity(std::move(input), folder, arguments.alpha_is_data));
    widen_samples(*input);
    GDALDriver* const driver = GetGDALDriverManager()->GetDriverByName("COG");
    if (!driver)
        return fail_internal("this GDAL has no COG driver");
    Stage stage{&part.progress, part.name, part.start, part.length};
    const std::string path = fmt::format("{}/{}", folder, kOutput);
    CPLStringList options =
        creation_options(arguments, *input, loss == Loss::Jpeg && suits_jpeg(*input, categorical), categorical);
    quiet.clear();
    DatasetHandle output(driver->CreateCopy(path.c_str(), input.get(), FALSE, options.List(), &Stage::report, &stage));
    const bool written = output != nullptr;
    output.reset();
    input.reset();
    if (stage.stopped)
        return canceled();
    if (!written || quiet.failed())
        return unreadable(quiet);
    return answer_of(path, quiet);
}

Result<CogAnswer> cog_task(const std::string& folder, const CogArguments& arguments, const Progress& progress) {
    register_drivers();
    const QuietErrors quiet;
    TRY(DatasetHandle input, open_uploaded_raster(folder, arguments.files));
    const bool categorical = arguments.categorical || input->GetRasterBand(1)->GetColorTable() != nullptr;
    const Loss loss = is_jpeg(*input) ? Loss::Jpeg : Loss::None;
    const OGRSpatialReference* const crs = input->GetSpatialRef();
    const bool fits = crs == nullptr || crs->IsEmpty() != 0 || fits_geotiff(*crs);
    if (!has_points_only(*input) && fits)
        return write_cog(folder, std::move(input), arguments, loss, {progress, "convert"});
    constexpr double kPlacing = 0.3;
    const ThreadOption threads("GDAL_NUM_THREADS", fmt::format("{}", arguments.threads));
    TRY(input, with_plain_validity(std::move(input), folder, arguments.alpha_is_data));
    Stage stage{&progress, "place", 0, kPlacing};
    const std::string path = fmt::format("{}/{}", folder, kWarped);
    TRY(DatasetHandle warped, placed(*input, path, categorical, stage));
    input.reset();
    CogArguments rest = arguments;
    rest.alpha_is_data = false; // the alpha band that a warp adds is one
    rest.categorical = categorical;
    auto made = write_cog(folder, std::move(warped), rest, loss, {progress, "convert", kPlacing, 1 - kPlacing});
    unlink(path.c_str()); // as large as what was made of it
    return made;
}

} // namespace landfall::raster

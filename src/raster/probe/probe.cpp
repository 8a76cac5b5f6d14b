#include "raster/probe/probe.hpp"

#include "core/text.hpp"
#include "core/time.hpp"
#include "raster/open/cf_grid.hpp"
#include "raster/open/crs_database.hpp"
#include "raster/probe/acquisition.hpp"
#include "raster/probe/bands.hpp"
#include "raster/probe/georeference.hpp"
#include "raster/probe/value_kinds.hpp"
#include "raster/read/masks.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>

#include <algorithm>
#include <cmath>

namespace landfall::raster {
namespace {

constexpr int kMaxVariables = 64;
constexpr std::string_view kNetCdf = "netCDF";
/// JPEG 2000 decodes several times slower than everything else.
constexpr std::uint64_t kSlowDecodeShare = 6;

tl::unexpected<Error> unreadable(const Source& source, const QuietErrors& errors) {
    // HDF5 is the container of netCDF-4, so other HDF5 files come here as well.
    const std::string_view help =
        source.what.driver == kNetCdf
            ? "It may be incomplete, damaged, or HDF5 that is not laid out as netCDF-4. Convert the variable you need "
              "to GeoTIFF with gdal_translate and upload that."
            : "It may be incomplete or damaged, or use a rare variant: check it with gdalinfo, and upload it again or "
              "converted to GeoTIFF.";
    return fail(Error{Code::InvalidArgument, fmt::format("The file looks like {} but cannot be opened. {}",
                                                         format_name(source.what.driver), help)}
                    .because(errors.text()));
}

/// Names of the images or variables inside a file, as GDAL lists them.
std::vector<std::string> subdatasets(GDALDataset& dataset) {
    std::vector<std::string> names;
    char** const list = dataset.GetMetadata("SUBDATASETS");
    for (int i = 1; i <= kMaxVariables; ++i) {
        const char* const name = CSLFetchNameValue(list, fmt::format("SUBDATASET_{}_NAME", i).c_str());
        if (name == nullptr)
            break;
        names.emplace_back(name);
    }
    return names;
}

std::string variable_of(const std::string& subdataset) {
    return clean_utf8(subdataset.substr(subdataset.rfind(':') + 1), 100);
}

/// Whether a variable holds the coordinates of others.
bool is_coordinate(GDALDataset& variable) {
    const char* const unit = variable.GetRasterBand(1)->GetUnitType();
    const std::string_view text = unit != nullptr ? unit : "";
    return text.starts_with("degrees_north") || text.starts_with("degrees_east");
}

/// Opens the first variable that is a map; without one, the first that is an image at all, coordinates last.
DatasetHandle open_variable(const Source& source, const std::vector<std::string>& names, std::string& chosen) {
    DatasetHandle fallback;
    for (const std::string& name : names) {
        DatasetHandle variable = open_raster(name, source.what.driver);
        if (variable == nullptr || variable->GetRasterCount() == 0 || variable->GetRasterXSize() < 2 ||
            variable->GetRasterYSize() < 2)
            continue;
        std::array<double, 6> transform{};
        if (variable->GetGeoTransform(transform.data()) == CE_None) {
            chosen = variable_of(name);
            return variable;
        }
        if (fallback == nullptr || (is_coordinate(*fallback) && !is_coordinate(*variable))) {
            chosen = variable_of(name);
            fallback = std::move(variable);
        }
    }
    return fallback;
}

Status check_opened(GDALDataset& dataset, const Source& source, const RasterLimits& limits) {
    const std::int64_t longest = std::max(dataset.GetRasterXSize(), dataset.GetRasterYSize());
    if (longest > limits.max_side || dataset.GetRasterCount() > limits.max_bands)
        return fail(Code::InvalidArgument,
                    fmt::format("The raster has {} x {} pixels in {} bands; at most {} pixels a side and {} bands are "
                                "accepted. Cut it into smaller files.",
                                dataset.GetRasterXSize(), dataset.GetRasterYSize(), dataset.GetRasterCount(),
                                limits.max_side, limits.max_bands));
    if (source.tiff)
        return {}; // judged by its own structure, where empty tiles count for nothing
    TRY(const FileReader file, FileReader::open(source.path));
    std::uint64_t bytes =
        static_cast<std::uint64_t>(dataset.GetRasterXSize()) * static_cast<std::uint64_t>(dataset.GetRasterYSize());
    std::uint64_t pixel = 0;
    for (int i = 1; i <= dataset.GetRasterCount(); ++i)
        pixel += static_cast<std::uint64_t>(GDALGetDataTypeSizeBytes(dataset.GetRasterBand(i)->GetRasterDataType()));
    bytes *= pixel;
    return check_declared_size(bytes, file.size(), limits, "Cut it into smaller files, or convert it to GeoTIFF.");
}

std::vector<int> overview_factors(GDALRasterBand& band) {
    std::vector<int> factors;
    for (int i = 0; i < band.GetOverviewCount() && i < 64; ++i) {
        GDALRasterBand* const overview = band.GetOverview(i);
        if (overview != nullptr && overview->GetXSize() > 0)
            factors.push_back(
                static_cast<int>(std::lround(static_cast<double>(band.GetXSize()) / overview->GetXSize())));
    }
    std::sort(factors.begin(), factors.end());
    factors.erase(std::unique(factors.begin(), factors.end()), factors.end());
    return factors;
}

class RasterProber {
public:
    RasterProber(const ProbeRequest& request, const Source& source, const Progress& progress)
        : request_(request), source_(source), progress_(progress) {}

    Result<Facts> run() {
        facts_.driver = source_.what.driver;
        facts_.media_type = source_.media_type;
        facts_.warnings = source_.warnings;
        TRY(dataset_, open_source_raster(source_, facts_.warnings));
        CHECK_OK(check_opened(*dataset_, source_, request_.budgets.raster));
        facts_.raster.emplace();
        read_shape();
        read_time();
        read_place();
        CHECK_OK(read_pixels());
        return std::move(facts_);
    }

private:
    void warn(std::string_view sentence) { facts_.warnings.emplace_back(sentence); }

    void read_shape() {
        const QuietErrors quiet;
        RasterFacts& raster = *facts_.raster;
        GDALRasterBand& band = *dataset_->GetRasterBand(1);
        raster.width = dataset_->GetRasterXSize();
        raster.height = dataset_->GetRasterYSize();
        raster.band_count = dataset_->GetRasterCount();
        raster.bands = read_bands(*dataset_);
        if (raster.band_count > kMaxListedBands)
            warn(fmt::format("The file has {} bands; the first {} are listed.", raster.band_count, kMaxListedBands));
        raster.has_mask = has_mask(*dataset_);
        raster.overviews = overview_factors(band);
        band.GetBlockSize(&raster.block_width, &raster.block_height);
        if (const char* const name = dataset_->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE"); name != nullptr)
            raster.compression = clean_utf8(name, 64);
    }

    void read_time() {
        const auto taken = read_acquisition(*dataset_, source_, request_.original_name);
        if (!taken)
            return;
        if (taken->start == taken->end) {
            facts_.datetime = format_rfc3339(taken->start);
            return;
        }
        facts_.start_datetime = format_rfc3339(taken->start);
        facts_.end_datetime = format_rfc3339(taken->end);
    }

    void read_place() {
        Georeference place = read_georeference(*dataset_, source_.prj_text, source_.given_crs);
        if (place.crs_is_given)
            facts_.given_crs = source_.given_crs.text;
        RasterFacts& raster = *facts_.raster;
        raster.transform = place.transform;
        raster.gcps_only = place.gcps_only;
        // Within an archive, or without the .prj beside it, the file cannot be read tile by tile.
        raster.is_cog = source_.tiff && is_cloud_optimized(*source_.tiff) && !place.crs_from_prj &&
                        facts_.media_type == source_.what.media_type;
        if (raster.is_cog)
            facts_.media_type = kCogMediaType;
        if (!raster.is_cog && has_own_mask(*dataset_->GetRasterBand(1)))
            warn("Each band has a mask of its own. The map rendition has one, which hides a pixel where all of them "
                 "do.");
        facts_.epsg = place.crs.epsg;
        facts_.crs_wkt = std::move(place.crs.wkt);
        facts_.crs_name = std::move(place.crs.name);
        facts_.native_bbox = place.native_bbox;
        facts_.gsd = place.gsd;
        const bool is_real = std::none_of(raster.bands.begin(), raster.bands.end(), is_complex);
        raster.renderable = place.footprint.has_value() && is_real && !raster.bands.empty();
        if (place.footprint) {
            facts_.geometry = std::move(place.footprint->geometry);
            facts_.bbox = place.footprint->bbox;
        }
        if (!place.footprint && !place.warnings.empty())
            raster.not_drawn = place.warnings.back();
        for (const std::string& warning : place.warnings)
            warn(warning);
        if (is_real)
            return;
        raster.not_drawn = "The pixels are complex numbers, which cannot be shown or measured. Upload the amplitude or "
                           "phase as a real raster if it should be drawn.";
        warn(raster.not_drawn);
    }

    Status read_pixels() {
        RasterFacts& raster = *facts_.raster;
        ScanBudgets budgets = request_.budgets.scan;
        if (source_.what.driver == "JP2OpenJPEG")
            budgets.full_bytes /= kSlowDecodeShare;
        TRY(ScanResult scan, scan_raster(*dataset_, raster.bands, budgets, progress_));
        std::string empty;
        for (std::size_t i = 0; i < raster.bands.size(); ++i) {
            raster.bands[i].statistics = scan.statistics[i];
            if (!scan.statistics[i] && !is_complex(raster.bands[i]) && empty.size() < 200)
                empty += (empty.empty() ? "" : ", ") + raster.bands[i].name;
        }
        if (!empty.empty())
            warn(fmt::format("No valid pixel was found in: {}.", clean_utf8(empty, 300)));
        raster.sampled_only = scan.sampled;
        read_alpha(scan);
        raster.looks_categorical = is_categorical(scan);
        return {};
    }

    void read_alpha(const ScanResult& scan) {
        RasterFacts& raster = *facts_.raster;
        const int number = infrared_alpha(raster.bands, scan);
        if (number == 0)
            return;
        BandFacts& band = raster.bands[static_cast<std::size_t>(number) - 1];
        warn(fmt::format("Band {} is marked as transparency, but its values are those of infrared: it is taken for "
                         "infrared, and hides nothing.",
                         number));
        band.color_interpretation = "nir";
        const bool taken = std::any_of(raster.bands.begin(), raster.bands.end(),
                                       [](const BandFacts& other) { return other.name == "nir"; });
        if (band.description.empty() && !taken)
            band.name = "nir";
        raster.has_mask = false;
    }

    /// The user said so of integers, or the file or its values do.
    bool is_categorical(const ScanResult& scan) const {
        const RasterFacts& raster = *facts_.raster;
        if (has_classes(*dataset_))
            return true;
        if (request_.categorical_hint)
            return std::all_of(raster.bands.begin(), raster.bands.end(),
                               [](const BandFacts& band) { return band.data_type.find("int") < 2; });
        return look_like_classes(raster.bands, scan,
                                 static_cast<double>(raster.width) * static_cast<double>(raster.height));
    }

    const ProbeRequest& request_;
    const Source& source_;
    const Progress& progress_;
    DatasetHandle dataset_;
    Facts facts_;
};

} // namespace

Result<DatasetHandle> open_source_raster(const Source& source, std::vector<std::string>& warnings) {
    register_drivers();
    const QuietErrors errors;
    DatasetHandle dataset = open_raster(source.path, source.what.driver);
    if (dataset == nullptr)
        return unreadable(source, errors);
    const std::vector<std::string> inner = subdatasets(*dataset);
    if (dataset->GetRasterCount() > 0) {
        if (inner.size() > 1)
            warnings.push_back(fmt::format("The file holds {} images; the first was taken.", inner.size()));
        return source.what.driver == kNetCdf ? placed_by_coordinates(std::move(dataset), warnings) : std::move(dataset);
    }
    std::string chosen;
    dataset = open_variable(source, inner, chosen);
    if (dataset == nullptr)
        return fail(Error{Code::InvalidArgument,
                          "The file holds no two-dimensional image that can be read. Convert the "
                          "variable you need to GeoTIFF with gdal_translate and upload that."}
                        .because(errors.text()));
    if (inner.size() > 1)
        warnings.push_back(fmt::format("The file holds {} variables; \"{}\" was taken. Convert others to GeoTIFF to "
                                       "upload them too.",
                                       inner.size(), chosen));
    return source.what.driver == kNetCdf ? placed_by_coordinates(std::move(dataset), warnings) : std::move(dataset);
}

Result<Facts> probe(const ProbeRequest& request, const Progress& progress) {
    if (!request.given_crs.text.empty())
        CHECK_OK(read_crs(request.given_crs.text).map([](const CrsFacts&) {}));
    SourceRequest wanted;
    wanted.folder = request.folder;
    wanted.file = request.file;
    wanted.sidecars = request.sidecars;
    wanted.original_name = request.original_name;
    wanted.raster_limits = request.budgets.raster;
    wanted.zip_limits = request.budgets.zip;
    wanted.given_crs = request.given_crs;
    TRY(const Source source, prepare_source(wanted));
    if (source.what.kind == FileKind::Vector)
        return probe_vector(source, request.budgets.vector, progress);
    return RasterProber(request, source, progress).run();
}

Result<Facts> probe_task(const std::string& folder, const ProbeArguments& arguments, const Progress& progress) {
    ProbeRequest request;
    request.folder = folder;
    request.file = arguments.files.file;
    request.sidecars = arguments.files.sidecars;
    request.original_name = arguments.files.original_name;
    request.categorical_hint = arguments.categorical_hint;
    request.given_crs = {arguments.files.crs, arguments.files.crs_for_none};
    if (arguments.full_decode_bytes)
        request.budgets.scan.full_bytes = static_cast<std::uint64_t>(*arguments.full_decode_bytes);
    if (arguments.zip_bytes)
        request.budgets.zip.max_bytes = static_cast<std::uint64_t>(*arguments.zip_bytes);
    return probe(request, progress);
}

} // namespace landfall::raster

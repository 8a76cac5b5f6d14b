#include "raster/open/drivers.hpp"

#include <gdal_priv.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

namespace landfall::raster {
namespace {

constexpr std::array<std::string_view, 17> kAllowed = {
    "GTiff", "COG",  "JP2OpenJPEG", "PNG",     "JPEG",       "WEBP",     "netCDF",         "HFA", "SRTMHGT", "AAIGrid",
    "MEM",   "GPKG", "FlatGeobuf",  "GeoJSON", "GeoJSONSeq", "ESRIJSON", "ESRI Shapefile",
};
/// The expat reader: no KMZ, no network links and far less code than LIBKML.
constexpr std::string_view kKml = "KML";

constexpr std::size_t kMaxText = 4096;
constexpr GIntBig kCacheBytes = GIntBig{96} << 20;

void configure() {
    struct Option {
        const char* name;
        const char* value;
    };
    static constexpr std::array<Option, 18> kOptions = {{
        {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".landfall-opens-no-network-file"},
        {"CPL_VSIL_CURL_USE_HEAD", "NO"},
        {"CPL_DEBUG", "OFF"},
        {"GDAL_DRIVER_PATH", "disable"},
        {"GDAL_HTTP_TIMEOUT", "1"},
        {"GDAL_HTTP_MAX_RETRY", "0"},
        {"GDAL_MAX_BAND_COUNT", "65535"},
        {"GDAL_NUM_THREADS", "1"},
        {"GDAL_RASTERIO_RESAMPLING", "NEAREST"},
        {"GDAL_XML_VALIDATION", "NO"},
        {"GTIFF_HONOUR_NEGATIVE_SCALEY", "NO"},
        // Keys that contradict their EPSG code count, and the code is dropped: renditions would write only the code.
        {"GTIFF_SRS_SOURCE", "GEOKEYS"},
        {"OGR_GEOJSON_MAX_OBJ_SIZE", "100"},
        {"OGR_SQLITE_LOAD_EXTENSIONS", "NO"},
        {"OGR_SQLITE_PRAGMA", "trusted_schema=OFF,cell_size_check=ON,temp_store=MEMORY"},
        {"OSR_USE_NON_DEPRECATED", "YES"},
        {"PROJ_NETWORK", "OFF"},
        {"VSI_CACHE", "NO"},
    }};
    for (const auto& [name, value] : kOptions)
        CPLSetConfigOption(name, value);
    GDALSetCacheMax64(kCacheBytes);
}

void remove_other_drivers() {
    GDALDriverManager* const manager = GetGDALDriverManager();
    std::vector<GDALDriver*> unwanted;
    for (int i = 0; i < manager->GetDriverCount(); ++i) {
        GDALDriver* const driver = manager->GetDriver(i);
        if (!is_allowed_driver(driver->GetDescription()))
            unwanted.push_back(driver);
    }
    for (GDALDriver* const driver : unwanted) {
        manager->DeregisterDriver(driver);
        delete driver;
    }
}

DatasetHandle open_with(const std::string& path, const std::string& driver, unsigned flags,
                        const char* const* options) {
    register_drivers();
    if (!is_allowed_driver(driver))
        return {};
    const std::array<const char*, 2> drivers = {driver.c_str(), nullptr};
    return DatasetHandle(
        GDALDataset::Open(path.c_str(), flags | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, drivers.data(), options));
}

} // namespace

bool is_allowed_driver(std::string_view name) {
    return name == kKml || std::find(kAllowed.begin(), kAllowed.end(), name) != kAllowed.end();
}

void register_drivers() {
    static std::once_flag once;
    std::call_once(once, [] {
        configure();
        GDALAllRegister();
        remove_other_drivers();
    });
}

struct QuietErrors::Messages {
    std::string text;
    bool failed = false;

    static void CPL_STDCALL receive(CPLErr level, CPLErrorNum /*number*/, const char* message) {
        auto* const self = static_cast<Messages*>(CPLGetErrorHandlerUserData());
        if (self == nullptr || level == CE_Debug)
            return;
        self->failed = self->failed || level >= CE_Failure;
        if (self->text.size() + 1 < kMaxText) {
            if (!self->text.empty())
                self->text += '\n';
            self->text.append(std::string_view(message).substr(0, kMaxText - self->text.size()));
        }
    }
};

QuietErrors::QuietErrors() : messages_(std::make_unique<Messages>()) {
    CPLPushErrorHandlerEx(&Messages::receive, messages_.get());
}
QuietErrors::~QuietErrors() {
    CPLPopErrorHandler();
    CPLErrorReset();
}
const std::string& QuietErrors::text() const {
    return messages_->text;
}
bool QuietErrors::failed() const {
    return messages_->failed;
}
void QuietErrors::clear() {
    messages_->text.clear();
    messages_->failed = false;
}

void DatasetCloser::operator()(GDALDataset* dataset) const {
    GDALClose(dataset);
}

DatasetHandle open_raster(const std::string& path, const std::string& driver, const char* const* options) {
    return open_with(path, driver, GDAL_OF_RASTER, options);
}

DatasetHandle open_vector(const std::string& path, const std::string& driver, const char* const* options) {
    return open_with(path, driver, GDAL_OF_VECTOR, options);
}

} // namespace landfall::raster

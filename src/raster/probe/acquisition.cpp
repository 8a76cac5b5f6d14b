#include "raster/probe/acquisition.hpp"

#include "imagery/cf_time.hpp"
#include "imagery/sidecars.hpp"
#include "raster/open/drivers.hpp"

#include <fmt/format.h>
#include <gdal_priv.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

namespace landfall::raster {
namespace {

using imagery::SceneTime;

std::optional<SceneTime> moment(const std::optional<Timestamp>& at) {
    return at ? std::optional(SceneTime{*at, *at}) : std::nullopt;
}

std::string item_of(GDALDataset& dataset, const std::string& name, const char* domain = nullptr) {
    const char* const text = dataset.GetMetadataItem(name.c_str(), domain);
    return text != nullptr ? text : "";
}

class TimeReader {
public:
    explicit TimeReader(GDALDataset& dataset) : dataset_(dataset) {}

    /// The first and last value of a time axis over which the bands of a netCDF variable are spread.
    std::optional<SceneTime> of_axis() const {
        const char* const list = dataset_.GetMetadataItem("NETCDF_DIM_EXTRA");
        const CPLStringList names(CSLTokenizeString2(list != nullptr ? list : "", "{,}", 0));
        for (int i = 0; i < names.Count(); ++i) {
            const std::string name = names[i];
            const std::string units = item_of(dataset_, name + "#units");
            // A climatology is of many years, whatever its axis says.
            if (units.find(" since ") == std::string::npos || !item_of(dataset_, name + "#climatology").empty())
                continue;
            if (auto found = over_bands(name, units))
                return found;
        }
        return std::nullopt;
    }

    /// What the attributes of a whole netCDF file say (ACDD).
    std::optional<SceneTime> of_coverage() const {
        const std::string from = item_of(dataset_, "NC_GLOBAL#time_coverage_start");
        const std::string to = item_of(dataset_, "NC_GLOBAL#time_coverage_end");
        const auto start = imagery::parse_scene_time(from);
        auto end = imagery::parse_scene_time(to);
        constexpr std::size_t kDate = 10;
        if (end && to.size() <= kDate)
            *end += std::chrono::days{1} - std::chrono::milliseconds{1}; // a day ends at its end
        if (start && end && *end >= *start)
            return SceneTime{*start, *end};
        return moment(start);
    }

    std::optional<SceneTime> of_items() const {
        struct Place {
            const char* domain;
            const char* name;
        };
        static constexpr std::array<Place, 7> kPlaces = {{
            {"IMAGERY", "ACQUISITIONDATETIME"},
            {nullptr, "ACQUISITIONDATETIME"},
            {nullptr, "ACQUISITION_DATETIME"},
            {nullptr, "SENSING_TIME"},
            {nullptr, "DATETIME"},
            {nullptr, "datetime"},
            {nullptr, "NITF_IDATIM"},
        }};
        for (const auto& [domain, name] : kPlaces)
            if (const auto at = imagery::parse_scene_time(item_of(dataset_, name, domain)))
                return moment(at);
        return std::nullopt;
    }

    /// Of a camera: best in UTC, then with a zone, then as its clock stood.
    std::optional<SceneTime> of_camera() const {
        const std::string taken = exif("DateTimeOriginal");
        const std::string zone = exif("OffsetTimeOriginal");
        const std::string xmp_taken = xmp("DateTimeOriginal");
        const std::string xmp_created = xmp("CreateDate");
        const auto with_zone = [](const std::string& text) { return imagery::has_zone(text) ? text : std::string(); };
        const std::string utc = xmp("UTCAtExposure");
        for (const std::string& text :
             {utc.empty() ? utc : utc + "Z", gps_time(), zone.empty() ? std::string() : taken + zone,
              with_zone(xmp_taken), with_zone(xmp_created), taken, xmp_taken, xmp_created})
            if (const auto at = imagery::parse_scene_time(text))
                return moment(at);
        return std::nullopt;
    }

    std::optional<SceneTime> of_tiff() const {
        for (const char* name : {"TIFFTAG_DATETIME", "EXIF_DateTime"})
            if (const auto at = imagery::parse_scene_time(item_of(dataset_, name)))
                return moment(at);
        return moment(imagery::parse_scene_time(item_of(dataset_, "EXIF_DateTime", "EXIF")));
    }

private:
    std::optional<SceneTime> over_bands(const std::string& dimension, const std::string& units) const {
        const std::string calendar = item_of(dataset_, dimension + "#calendar");
        const std::string key = "NETCDF_DIM_" + dimension;
        std::optional<SceneTime> all;
        for (int band = 1; band <= dataset_.GetRasterCount(); ++band) {
            const char* const value = dataset_.GetRasterBand(band)->GetMetadataItem(key.c_str());
            const auto at = value != nullptr ? imagery::cf_instant(units, calendar, std::atof(value)) : std::nullopt;
            if (!at)
                return std::nullopt;
            all = all ? SceneTime{std::min(all->start, *at), std::max(all->end, *at)} : SceneTime{*at, *at};
        }
        return all;
    }

    std::string exif(const std::string& name) const {
        const std::string found = item_of(dataset_, "EXIF_" + name);
        return found.empty() ? item_of(dataset_, "EXIF_" + name, "EXIF") : found;
    }

    /// `2020:04:15` and `(10) (20) (21.5)`, always UTC.
    std::string gps_time() const {
        const std::string date = exif("GPSDateStamp");
        const CPLStringList parts(CSLTokenizeString2(exif("GPSTimeStamp").c_str(), " ()", 0));
        if (date.size() != 10 || parts.Count() != 3)
            return {};
        const std::array<double, 3> time = {std::atof(parts[0]), std::atof(parts[1]), std::atof(parts[2])};
        if (!(time[0] >= 0 && time[0] < 24 && time[1] >= 0 && time[1] < 60 && time[2] >= 0 && time[2] < 60))
            return {};
        return fmt::format("{} {:02.0f}:{:02.0f}:{:06.3f}Z", date, time[0], time[1], time[2]);
    }

    /// A property of the XMP packet, by its name without prefix, as an attribute or an element.
    std::string xmp(const std::string& name) const {
        char** const packets = dataset_.GetMetadata("xml:XMP");
        const std::string_view text = packets != nullptr && packets[0] != nullptr ? packets[0] : "";
        for (const std::string& mark : {":" + name + "=\"", ":" + name + "='", ":" + name + ">"}) {
            const std::size_t at = text.find(mark);
            if (at == std::string_view::npos)
                continue;
            const std::string_view value = text.substr(at + mark.size(), 64);
            return std::string(value.substr(0, value.find_first_of("\"'<")));
        }
        return {};
    }

    GDALDataset& dataset_;
};

} // namespace

std::optional<SceneTime> read_acquisition(GDALDataset& dataset, const Source& source,
                                          const std::string& original_name) {
    const QuietErrors quiet;
    const TimeReader reader(dataset);
    std::optional<SceneTime> found = imagery::time_of_scene_metadata(source.scene_metadata);
    for (const auto reads :
         {&TimeReader::of_axis, &TimeReader::of_coverage, &TimeReader::of_items, &TimeReader::of_camera})
        if (!found)
            found = (reader.*reads)();
    for (const std::string& stem : {source.stem, imagery::file_stem(original_name)})
        if (!found)
            found = imagery::time_of_scene_name(stem);
    return found ? found : reader.of_tiff();
}

} // namespace landfall::raster

#include "raster/analyse/box_picture.hpp"
#include "raster/analyse/measure.hpp"
#include "raster/convert/uploaded_raster.hpp"
#include "raster/tasks.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace landfall::raster {
namespace {

Result<std::vector<geo::Area>> read_zones(const std::string& folder) {
    std::ifstream file(fmt::format("{}/{}", folder, imagery::kZonesFile), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        return fail_internal("the zones of a measurement are not in its folder");
    TRY(const Json json, Json::parse(text.str()));
    if (json.items().size() > imagery::kMostZones)
        return fail_field("features", fmt::format("At most {} zones are measured at once.", imagery::kMostZones));
    std::vector<geo::Area> zones;
    for (const Json& zone : json.items()) {
        TRY(zones.emplace_back(), geo::parse_area(zone, "geometry"));
    }
    return zones;
}

Result<std::unique_ptr<SourceImage>> open_source(const std::string& folder, const WorkerFiles& files) {
    register_drivers();
    TRY(DatasetHandle dataset, open_uploaded_raster(folder, files));
    return SourceImage::make(std::move(dataset));
}

} // namespace

Result<MeasureAnswer> measure_task(const std::string& folder, const MeasureArguments& arguments,
                                   const Progress& progress) {
    const QuietErrors quiet; // the answer is a sentence of ours, never GDAL's
    TRY(const auto source, open_source(folder, arguments.files));
    std::vector<geo::Area> zones;
    if (!arguments.whole) {
        TRY(zones, read_zones(folder));
    }
    return measure(*source, arguments, zones, [&] { return progress(0, "measuring"); });
}

Result<BoxPictureAnswer> box_picture_task(const std::string& folder, const BoxPictureArguments& arguments,
                                          const Progress& progress) {
    const QuietErrors quiet;
    if (!progress(0, "drawing"))
        return fail(Code::Canceled, "The picture was canceled.");
    TRY(const auto source, open_source(folder, arguments.files));
    TRY(const auto zones, read_zones(folder));
    if (zones.size() != 1)
        return fail_internal("a picture of a box needs one box");
    TRY(const Picture picture, draw_box(*source, arguments, zones.front()));
    Encoder encoder;
    TRY(const std::string bytes, encoder.encode(picture, TileFormat::Png, 100));
    BoxPictureAnswer answer{"picture.png", picture.width, picture.height};
    std::ofstream out(folder + "/" + answer.file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        return fail_internal("the picture can't be written");
    return answer;
}

} // namespace landfall::raster

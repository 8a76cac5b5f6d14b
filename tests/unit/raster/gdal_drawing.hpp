#pragma once
/// Rasters drawn with GDAL for tests.

#include "raster/open/drivers.hpp"
#include "support/test_data.hpp"

#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace landfall::raster {

struct DrawnRaster {
    int width = 64, height = 64, bands = 1;
    GDALDataType type = GDT_Byte;
    int epsg = 32632; ///< 0: none
    std::optional<std::array<double, 6>> transform = std::array<double, 6>{500000, 10, 0, 5000000, 0, -10};
    std::optional<double> nodata;
    std::vector<std::string> options;
    std::string driver = "GTiff";
    std::function<double(int x, int y, int band)> value = [](int x, int y, int) { return (x + y) % 200; };
    std::function<void(GDALDataset&)> finish = {};
};

/// Writes the raster to `path`; false if GDAL refuses.
inline bool draw_raster(const std::string& path, const DrawnRaster& raster) {
    register_drivers();
    const QuietErrors quiet;
    GDALDriverManager* const manager = GetGDALDriverManager();
    DatasetHandle memory(
        manager->GetDriverByName("MEM")->Create("", raster.width, raster.height, raster.bands, raster.type, nullptr));
    if (raster.epsg != 0) {
        OGRSpatialReference crs;
        crs.importFromEPSG(raster.epsg);
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        memory->SetSpatialRef(&crs);
    }
    if (raster.transform) {
        std::array<double, 6> transform = *raster.transform;
        memory->SetGeoTransform(transform.data());
    }
    std::vector<double> row(static_cast<std::size_t>(raster.width));
    for (int b = 1; b <= raster.bands; ++b) {
        GDALRasterBand* const band = memory->GetRasterBand(b);
        if (raster.nodata)
            band->SetNoDataValue(*raster.nodata);
        for (int y = 0; y < raster.height; ++y) {
            for (int x = 0; x < raster.width; ++x)
                row[static_cast<std::size_t>(x)] = raster.value(x, y, b);
            if (band->RasterIO(GF_Write, 0, y, raster.width, 1, row.data(), raster.width, 1, GDT_Float64, 0, 0,
                               nullptr) != CE_None)
                return false;
        }
    }
    if (raster.finish)
        raster.finish(*memory);
    std::vector<const char*> options;
    for (const std::string& option : raster.options)
        options.push_back(option.c_str());
    options.push_back(nullptr);
    GDALDriver* const driver = manager->GetDriverByName(raster.driver.c_str());
    const DatasetHandle copy(
        driver->CreateCopy(path.c_str(), memory.get(), FALSE, const_cast<char**>(options.data()), nullptr, nullptr));
    return copy != nullptr;
}

/// The bytes of a file of the raster.
inline std::string drawn(const DrawnRaster& raster) {
    const landfall::testing::PrivateFolder folder;
    EXPECT_TRUE(draw_raster(folder / "drawn.tif", raster));
    return landfall::testing::read_bytes(folder / "drawn.tif");
}

/// A picture of 100 x 100 pixels without a place.
inline DrawnRaster unplaced_picture() {
    DrawnRaster raster;
    raster.width = raster.height = 100;
    raster.epsg = 0;
    raster.transform.reset();
    return raster;
}

/// A camera model of a picture of 100 x 100 pixels: 20 to 20.1 degrees east, 49.9 to 50 degrees north. Names as GDAL's.
inline std::vector<std::pair<std::string, std::string>> camera_model() {
    const auto terms = [](int which) {
        std::string out;
        for (int i = 0; i < 20; ++i)
            out += i == which ? "1 " : "0 ";
        return out;
    };
    return {{"LINE_OFF", "49.5"},         {"SAMP_OFF", "49.5"},         {"LAT_OFF", "49.95"},
            {"LONG_OFF", "20.05"},        {"HEIGHT_OFF", "100"},        {"LINE_SCALE", "-50"},
            {"SAMP_SCALE", "50"},         {"LAT_SCALE", "0.05"},        {"LONG_SCALE", "0.05"},
            {"HEIGHT_SCALE", "500"},      {"LINE_NUM_COEFF", terms(2)}, {"LINE_DEN_COEFF", terms(0)},
            {"SAMP_NUM_COEFF", terms(1)}, {"SAMP_DEN_COEFF", terms(0)}};
}

/// A picture that only a camera model places.
inline DrawnRaster camera_picture() {
    DrawnRaster raster = unplaced_picture();
    raster.finish = [](GDALDataset& dataset) {
        for (const auto& [name, value] : camera_model())
            dataset.SetMetadataItem(name.c_str(), value.c_str(), "RPC");
    };
    return raster;
}

/// What a .msk file looks like that has one mask a band: nothing of the left half is valid, nor of the top rows that
/// the band's number tells.
inline DrawnRaster masks_of_bands(int bands) {
    DrawnRaster masks;
    masks.bands = bands;
    masks.value = [](int x, int y, int band) { return x < 32 || y < band ? 0 : 255; };
    masks.finish = [](GDALDataset& dataset) {
        for (int band = 1; band <= dataset.GetRasterCount(); ++band)
            dataset.SetMetadataItem(("INTERNAL_MASK_FLAGS_" + std::to_string(band)).c_str(), "0");
    };
    return masks;
}

} // namespace landfall::raster

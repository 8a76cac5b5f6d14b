#include "unit/raster/test_pictures.hpp"

#include "support/test_data.hpp"

#include <gdal_alg.h>
#include <ogr_spatialref.h>

#include <cstdlib>
#include <unistd.h>

namespace landfall::raster::testing {

DatasetHandle draw(const Drawn& drawn) {
    register_drivers();
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("MEM");
    DatasetHandle dataset(driver->Create("", drawn.width, drawn.height, drawn.bands, drawn.type, nullptr));
    auto transform = drawn.transform;
    dataset->SetGeoTransform(transform.data());
    if (!drawn.crs.empty()) {
        OGRSpatialReference crs;
        crs.SetFromUserInput(drawn.crs.c_str());
        crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
        dataset->SetSpatialRef(&crs);
    }
    std::vector<double> row(static_cast<std::size_t>(drawn.width));
    for (int band = 1; band <= drawn.bands; ++band)
        for (int y = 0; y < drawn.height; ++y) {
            for (int x = 0; x < drawn.width; ++x)
                row[static_cast<std::size_t>(x)] = drawn.value ? drawn.value(band, x + 0.5, y + 0.5) : 0;
            EXPECT_EQ(CE_None, dataset->GetRasterBand(band)->RasterIO(GF_Write, 0, y, drawn.width, 1, row.data(),
                                                                      drawn.width, 1, GDT_Float64, 0, 0, nullptr));
        }
    return dataset;
}

void write_as(GDALDataset& dataset, const std::string& path, const char* driver,
              const std::vector<std::string>& options) {
    char** list = nullptr;
    for (const auto& option : options)
        list = CSLAddString(list, option.c_str());
    DatasetHandle copy(GetGDALDriverManager()->GetDriverByName(driver)->CreateCopy(path.c_str(), &dataset, FALSE, list,
                                                                                   nullptr, nullptr));
    CSLDestroy(list);
    ASSERT_TRUE(copy) << CPLGetLastErrorMsg();
}

std::array<double, 6> over_tile(const TileAddress& tile, int width) {
    constexpr double kHalf = 20037508.342789244;
    const double side = 2 * kHalf / std::pow(2.0, tile.z);
    return {-kHalf + static_cast<double>(tile.x) * side,
            side / width,
            0,
            kHalf - static_cast<double>(tile.y) * side,
            0,
            -side / width};
}

namespace {

Picture read_picture(GDALDataset& dataset) {
    Picture picture{dataset.GetRasterXSize(), dataset.GetRasterYSize(), {}};
    const int bands = dataset.GetRasterCount();
    picture.pixels.assign(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height),
                          bands == 1 || bands == 3 ? 0xFF000000U : 0U);
    auto* const into = reinterpret_cast<std::uint8_t*>(picture.pixels.data());
    for (int index = 0; index < (bands % 2 ? 3 : 4); ++index) {
        const int band = bands < 3 ? (index < 3 ? 1 : bands) : index + 1;
        EXPECT_EQ(CE_None, dataset.GetRasterBand(band)->RasterIO(GF_Read, 0, 0, picture.width, picture.height,
                                                                 into + index, picture.width, picture.height, GDT_Byte,
                                                                 4, 4 * picture.width, nullptr));
    }
    return picture;
}

} // namespace

Picture decode(const std::string& bytes) {
    register_drivers();
    const std::string path = "/vsimem/decode";
    std::string copy = bytes;
    VSIFCloseL(VSIFileFromMemBuffer(path.c_str(), reinterpret_cast<GByte*>(copy.data()), copy.size(), FALSE));
    Picture picture;
    const char* const drivers[] = {"PNG", "WEBP", "JPEG", nullptr};
    DatasetHandle dataset(GDALDataset::Open(path.c_str(), GDAL_OF_RASTER, drivers));
    EXPECT_TRUE(dataset) << CPLGetLastErrorMsg();
    if (dataset)
        picture = read_picture(*dataset);
    dataset.reset();
    VSIUnlink(path.c_str());
    return picture;
}

std::size_t count_transparent(const Picture& picture) {
    return static_cast<std::size_t>(std::count_if(picture.pixels.begin(), picture.pixels.end(),
                                                  [](std::uint32_t pixel) { return pixel >> 24 == 0; }));
}

std::optional<std::string> real_file(const std::string& name) {
    const auto folder = landfall::testing::test_data();
    if (!folder || !std::filesystem::exists(*folder / name))
        return std::nullopt;
    return (*folder / name).string();
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "landfall-raster-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
}

std::unique_ptr<SourceImage> image_of(DatasetHandle dataset) {
    auto image = SourceImage::make(std::move(dataset));
    EXPECT_TRUE(image) << (image ? "" : image.error().message);
    return image ? std::move(*image) : nullptr;
}

TileAddress tile_over(GDALDataset& dataset, double ratio) {
    constexpr double kHalf = 20037508.342789244;
    char** options = CSLSetNameValue(nullptr, "DST_SRS", "EPSG:3857");
    void* const to_map = GDALCreateGenImgProjTransformer2(&dataset, nullptr, options);
    CSLDestroy(options);
    EXPECT_TRUE(to_map);
    const double cx = dataset.GetRasterXSize() / 2.0, cy = dataset.GetRasterYSize() / 2.0;
    double x[2] = {cx, cx + 1}, y[2] = {cy, cy}, z[2] = {0, 0};
    int good[2] = {0, 0};
    GDALGenImgProjTransform(to_map, FALSE, 2, x, y, z, good);
    GDALDestroyGenImgProjTransformer(to_map);
    const double pixel = std::hypot(x[1] - x[0], y[1] - y[0]) * ratio;
    const int zoom = std::clamp(static_cast<int>(std::lround(std::log2(2 * kHalf / 256 / pixel))), 0, 24);
    const double side = 2 * kHalf / std::pow(2.0, zoom);
    const auto most = (std::int64_t{1} << zoom) - 1;
    return {zoom, std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor((x[0] + kHalf) / side)), 0, most),
            std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor((kHalf - y[0]) / side)), 0, most), 256};
}

} // namespace landfall::raster::testing

#include "raster/tasks.hpp"
#include "unit/raster/gdal_drawing.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gdal_alg.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>

namespace landfall::raster {
namespace {

using namespace testing;

const Progress kGoOn = [](double, std::string_view) { return true; };

CogArguments cog_of(const std::string& file) {
    CogArguments arguments;
    arguments.files.file = file;
    return arguments;
}

void put(const TemporaryFolder& folder, const std::string& path, const std::string& name) {
    std::filesystem::copy_file(path, folder.path() + "/" + name);
}

TEST(CogTask, KeepsEveryPixelOfAStripedFileAndAddsOverviews) {
    TemporaryFolder folder;
    const auto value = [](int band, double x, double y) { return std::fmod(x * 3 + y * 5 + band * 1000, 60'000); };
    DatasetHandle source = draw({.width = 900,
                                 .height = 700,
                                 .bands = 2,
                                 .type = GDT_UInt16,
                                 .crs = "EPSG:32633",
                                 .transform = {400000, 10, 0, 5300000, 0, -10},
                                 .value = value});
    write_as(*source, folder.path() + "/input.tif", "GTiff");
    double last = 0;
    const auto answer = cog_task(folder.path(), cog_of("input.tif"), [&](double share, std::string_view) {
        EXPECT_GE(share, last - 0.5);
        last = share;
        return true;
    });
    ASSERT_TRUE(answer) << answer.error().message << answer.error().cause;
    EXPECT_GE(answer->overviews, 1);
    const DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
    ASSERT_TRUE(made);
    EXPECT_STREQ(made->GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
    int w = 0, h = 0;
    made->GetRasterBand(1)->GetBlockSize(&w, &h);
    EXPECT_EQ(w, 256);
    for (int band = 1; band <= 2; ++band)
        EXPECT_EQ(GDALChecksumImage(made->GetRasterBand(band), 0, 0, 900, 700),
                  GDALChecksumImage(source->GetRasterBand(band), 0, 0, 900, 700));
    EXPECT_GT(last, 0.99);
}

/// The rendition of a drawn file, or nothing.
DatasetHandle rendition_of(const TemporaryFolder& folder, GDALDataset& source,
                           const std::vector<std::string>& options) {
    write_as(source, folder.path() + "/input.tif", "GTiff", options);
    const auto answer = cog_task(folder.path(), cog_of("input.tif"), kGoOn);
    EXPECT_TRUE(answer) << answer.error().message << answer.error().cause;
    std::filesystem::remove(folder.path() + "/output.tif.aux.xml");
    return open_raster(folder.path() + "/output.tif", "GTiff");
}

TEST(CogTask, KeepsAPlaceWhoseSystemHasAHeight) {
    TemporaryFolder folder;
    const DatasetHandle source = draw({.width = 20, .height = 20, .transform = {500000, 60, 0, 3000000, 0, -60}});
    OGRSpatialReference crs;
    crs.importFromEPSG(32631);
    crs.PromoteTo3D(nullptr);
    source->SetSpatialRef(&crs);
    const DatasetHandle made = rendition_of(folder, *source, {"GEOTIFF_VERSION=1.1"});
    ASSERT_TRUE(made && made->GetSpatialRef());
    EXPECT_TRUE(made->GetSpatialRef()->IsProjected());
}

TEST(CogTask, KeepsSignedBytes) {
    TemporaryFolder folder;
    const DatasetHandle source = draw({.width = 40, .height = 40, .value = [](int, double x, double) { return x; }});
    source->GetRasterBand(1)->SetMetadataItem("PIXELTYPE", "SIGNEDBYTE", "IMAGE_STRUCTURE");
    const DatasetHandle made = rendition_of(folder, *source, {"PIXELTYPE=SIGNEDBYTE"});
    ASSERT_TRUE(made);
    EXPECT_STREQ(made->GetRasterBand(1)->GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE"), "SIGNEDBYTE");
}

TEST(CogTask, MakesOverviewsAnewWhereThoseOfTheFileReduceNothing) {
    TemporaryFolder folder;
    const DatasetHandle source =
        draw({.width = 600, .height = 600, .value = [](int, double x, double) { return x / 3; }});
    const std::string path = folder.path() + "/input.tif";
    write_as(*source, path, "GTiff", {"TILED=YES", "COPY_SRC_OVERVIEWS=NO"});
    {
        const DatasetHandle file(GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_UPDATE));
        std::array<int, 2> factors = {1, 2};
        ASSERT_EQ(CE_None, file->BuildOverviews("NEAREST", 2, factors.data(), 0, nullptr, nullptr, nullptr));
    }
    const auto answer = cog_task(folder.path(), cog_of("input.tif"), kGoOn);
    ASSERT_TRUE(answer) << answer.error().message << answer.error().cause;
    const DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
    ASSERT_TRUE(made);
    ASSERT_GE(made->GetRasterBand(1)->GetOverviewCount(), 1);
    EXPECT_EQ(made->GetRasterBand(1)->GetOverview(0)->GetXSize(), 300);
}

TEST(CogTask, JoinsTheMasksOfBandsInOne) {
    TemporaryFolder folder;
    DrawnRaster raster;
    raster.bands = 2;
    ASSERT_TRUE(draw_raster(folder.path() + "/input.tif", raster));
    ASSERT_TRUE(draw_raster(folder.path() + "/input.tif.msk", masks_of_bands(2)));
    CogArguments arguments = cog_of("input.tif");
    arguments.files.sidecars = {"input.tif.msk"};
    const auto answer = cog_task(folder.path(), arguments, kGoOn);
    ASSERT_TRUE(answer) << answer.error().message << answer.error().cause;
    const DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
    ASSERT_TRUE(made);
    ASSERT_EQ(made->GetRasterBand(2)->GetMaskFlags(), GMF_PER_DATASET);
    std::vector<std::uint8_t> mask(64 * 64);
    ASSERT_EQ(CE_None, made->GetRasterBand(1)->GetMaskBand()->RasterIO(GF_Read, 0, 0, 64, 64, mask.data(), 64, 64,
                                                                       GDT_Byte, 0, 0, nullptr));
    for (std::size_t i = 0; i < mask.size(); ++i)
        ASSERT_EQ(mask[i] != 0, i % 64 >= 32 && i / 64 >= 1) << i;
}

TEST(CogTask, AJpegStaysOneThatNoEyeTellsFromIt) {
    const TemporaryFolder folder;
    const DatasetHandle source =
        draw({.width = 700, .height = 600, .bands = 3, .value = [](int band, double x, double y) {
                  return 128 + 90 * std::sin(x / 17 + band) + 30 * std::cos(y / 5 + x / 3);
              }});
    const DatasetHandle made =
        rendition_of(folder, *source, {"COMPRESS=JPEG", "JPEG_QUALITY=75", "PHOTOMETRIC=YCBCR", "TILED=YES"});
    ASSERT_TRUE(made);
    EXPECT_STREQ(made->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE"), "YCbCr JPEG");
    const auto before = image_of(open_raster(folder.path() + "/input.tif", "GTiff"));
    const auto after = image_of(open_raster(folder.path() + "/output.tif", "GTiff"));
    const ReadSpec spec{.bands = {1, 2, 3}, .as_float = true};
    const auto was = before->read(spec, {0, 0, 700, 600}, 1), is = after->read(spec, {0, 0, 700, 600}, 1);
    ASSERT_TRUE(was && is);
    double squares = 0;
    for (std::size_t i = 0; i < was->pixels(); ++i)
        squares += std::pow(was->planes[0][i] - is->planes[0][i], 2);
    EXPECT_LT(std::sqrt(squares / static_cast<double>(was->pixels())), 2.0);
    EXPECT_LT(std::filesystem::file_size(folder.path() + "/output.tif"),
              3 * std::filesystem::file_size(folder.path() + "/input.tif"));
}

TEST(CogTask, AJpegWithNodataLosesNothing) {
    const TemporaryFolder folder;
    const DatasetHandle source = draw({.width = 64, .height = 64, .value = [](int, double x, double) { return x; }});
    source->GetRasterBand(1)->SetNoDataValue(0);
    const DatasetHandle made = rendition_of(folder, *source, {"COMPRESS=JPEG"});
    ASSERT_TRUE(made);
    EXPECT_STREQ(made->GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE"), "ZSTD");
}

TEST(CogTask, WhatAlphaHidesNeverShinesThroughWhereverItStands) {
    const TemporaryFolder folder;
    // Of six bands the third hides every second column, where the others are zero.
    const DatasetHandle source =
        draw({.width = 600, .height = 600, .bands = 6, .value = [](int band, double x, double) {
                  return static_cast<int>(x) % 2 != 0 ? 0.0 : band == 3 ? 255.0 : 100.0;
              }});
    source->GetRasterBand(3)->SetColorInterpretation(GCI_AlphaBand);
    const DatasetHandle made = rendition_of(folder, *source, {});
    ASSERT_TRUE(made && made->GetRasterBand(1)->GetOverview(0));
    EXPECT_EQ(made->GetRasterBand(3)->GetColorInterpretation(), GCI_AlphaBand);
    std::vector<std::uint8_t> values(300 * 300);
    ASSERT_EQ(CE_None, made->GetRasterBand(6)->GetOverview(0)->RasterIO(GF_Read, 0, 0, 300, 300, values.data(), 300,
                                                                        300, GDT_Byte, 0, 0, nullptr));
    for (const std::uint8_t value : values)
        ASSERT_EQ(value, 100);
}

TEST(CogTask, InfraredThatIsCalledAlphaBecomesAPlainBand) {
    const TemporaryFolder folder;
    const DatasetHandle source = draw({.bands = 4, .value = [](int, double x, double) { return x; }});
    source->GetRasterBand(4)->SetColorInterpretation(GCI_AlphaBand);
    write_as(*source, folder.path() + "/input.tif", "GTiff", {"ALPHA=YES"});
    CogArguments arguments = cog_of("input.tif");
    arguments.alpha_is_data = true;
    ASSERT_TRUE(cog_task(folder.path(), arguments, kGoOn));
    const DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->GetRasterBand(4)->GetColorInterpretation(), GCI_Undefined);
    EXPECT_EQ(made->GetRasterBand(1)->GetMaskFlags(), GMF_ALL_VALID);
}

TEST(CogTask, KeepsPalettesWithOnlyClassesThatExist) {
    const auto path = real_file("landcover_colormap_3857_cog.tif");
    if (!path)
        GTEST_SKIP() << "the real test data are not here";
    TemporaryFolder folder;
    put(folder, *path, "input.tif");
    ASSERT_TRUE(cog_task(folder.path(), cog_of("input.tif"), kGoOn));
    const DatasetHandle before = open_raster(*path, "GTiff"),
                        made = open_raster(folder.path() + "/output.tif", "GTiff");
    ASSERT_TRUE(made->GetRasterBand(1)->GetColorTable());
    EXPECT_EQ(GDALChecksumImage(made->GetRasterBand(1), 0, 0, 7168, 8704),
              GDALChecksumImage(before->GetRasterBand(1), 0, 0, 7168, 8704));
}

TEST(CogTask, ConvertsTheRealFilesOfEveryKind) {
    struct Case {
        const char *file, *name;
    };
    for (const Case& item :
         {Case{"landsat7_rgb_utm18.tif", "input.tif"}, Case{"above_landcover_31band_lcc_cog.tif", "input.tif"},
          Case{"rgb_internal_mask_utm13_cog.tif", "input.tif"}, Case{"sentinel1_gcps_only_cog.tif", "input.tif"},
          Case{"climate_bcsd_obs_1999.nc", "input.nc"}, Case{"sentinel2_b01_60m_utm32.jp2", "input.jp2"},
          Case{"landsat7_rgb_utm18_worldfile.png", "input.png"}, Case{"float64_nodata_nan_4326.tif", "input.tif"}}) {
        const auto path = real_file(item.file);
        if (!path)
            GTEST_SKIP() << "the real test data are not here: " << item.file;
        TemporaryFolder folder;
        put(folder, *path, item.name);
        const auto answer = cog_task(folder.path(), cog_of(item.name), kGoOn);
        ASSERT_TRUE(answer) << item.file << ": " << answer.error().message << answer.error().cause;
        const DatasetHandle made = open_raster(folder.path() + "/output.tif", "GTiff");
        ASSERT_TRUE(made);
        EXPECT_STREQ(made->GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
        const std::string name = item.file;
        std::array<double, 6> transform{};
        EXPECT_TRUE(made->GetGeoTransform(transform.data()) == CE_None || !name.starts_with("sentinel1"));
        EXPECT_TRUE(made->GetRasterBand(1)->GetMaskFlags() == GMF_PER_DATASET || !name.starts_with("rgb_internal"));
        EXPECT_TRUE(made->GetRasterCount() == 31 || !name.starts_with("above"));
        EXPECT_FALSE(std::filesystem::exists(folder.path() + "/warped.tif"));
    }
}

TEST(CogTask, StopsWhenAskedAndRefusesDamage) {
    TemporaryFolder folder;
    DatasetHandle source =
        draw({.width = 900, .height = 700, .value = [](int, double x, double y) { return std::fmod(x * y, 255); }});
    write_as(*source, folder.path() + "/input.tif", "GTiff", {"COMPRESS=DEFLATE", "TILED=YES"});
    const auto stopped =
        cog_task(folder.path(), cog_of("input.tif"), [](double share, std::string_view) { return share < 0.2; });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Code::Canceled);
    std::filesystem::resize_file(folder.path() + "/input.tif",
                                 std::filesystem::file_size(folder.path() + "/input.tif") / 2);
    const auto damaged = cog_task(folder.path(), cog_of("input.tif"), kGoOn);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, Code::InvalidArgument);
    EXPECT_EQ(cog_task(folder.path(), cog_of("none.tif"), kGoOn).error().code, Code::Internal);
}

TEST(ThumbnailTask, DrawsTheWholeInSquarePixelsWithAlpha) {
    TemporaryFolder folder;
    DatasetHandle source = draw({.width = 1000,
                                 .height = 500,
                                 .crs = "EPSG:32633",
                                 .transform = {0, 10, 0, 0, 0, -20},
                                 .value = [](int, double x, double) { return x < 500 ? 0 : 90; }});
    source->GetRasterBand(1)->SetNoDataValue(0);
    write_as(*source, folder.path() + "/input.tif", "GTiff");
    ThumbnailArguments arguments;
    arguments.files.file = "input.tif";
    arguments.size = 256;
    for (const std::string format : {"webp", "png", "jpeg"}) {
        arguments.format = *schema::enum_value<TileFormat>(format);
        const auto answer = thumbnail_task(folder.path(), arguments, kGoOn);
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->format, arguments.format);
        EXPECT_EQ(answer->width, 256);
        EXPECT_EQ(answer->height, 256);
        std::string bytes(std::filesystem::file_size(folder.path() + "/thumbnail." + format), '\0');
        VSILFILE* file = VSIFOpenL((folder.path() + "/thumbnail." + format).c_str(), "rb");
        EXPECT_EQ(VSIFReadL(bytes.data(), 1, bytes.size(), file), bytes.size());
        VSIFCloseL(file);
        const Picture picture = decode(bytes);
        EXPECT_NEAR(static_cast<double>(count_transparent(picture)), format == "jpeg" ? 0 : 256 * 128, 600);
        EXPECT_NEAR(channel(pixel_at(picture, 200, 100), 0), 90, 3);
    }
}

TEST(ThumbnailTask, NeedsNoPlaceOnTheMap) {
    const auto path = real_file("mars_hirise_cog.tif");
    if (!path)
        GTEST_SKIP() << "the real test data are not here";
    TemporaryFolder folder;
    put(folder, *path, "input.tif");
    ThumbnailArguments arguments;
    arguments.files.file = "input.tif";
    const auto answer = thumbnail_task(folder.path(), arguments, kGoOn);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->height, 512);
}

} // namespace
} // namespace landfall::raster

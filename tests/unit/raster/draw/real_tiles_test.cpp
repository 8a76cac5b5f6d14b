#include "raster/convert/thumbnail.hpp"
#include "raster/draw/render_tile.hpp"
#include "unit/raster/test_pictures.hpp"

#include <gdal_alg.h>
#include <gdal_utils.h>
#include <gtest/gtest.h>

namespace landfall::raster {
namespace {

using namespace testing;

constexpr double kHalfWorld = 20037508.342789244;

TileRequest request_for(const TileAddress& tile) {
    TileRequest request;
    request.source = "s";
    request.driver = "GTiff";
    request.z = tile.z;
    request.x = tile.x;
    request.y = tile.y;
    request.format = TileFormat::Png;
    return request;
}

/// One band of a tile as GDAL's own warper sees it, in source values; NaN where invalid.
std::vector<float> warped(GDALDataset& dataset, int band, const TileAddress& tile, const char* resampling) {
    const double side = 2 * kHalfWorld / std::pow(2.0, tile.z);
    const double west = -kHalfWorld + static_cast<double>(tile.x) * side,
                 north = kHalfWorld - static_cast<double>(tile.y) * side;
    const std::vector<std::string> words = {"-of",
                                            "MEM",
                                            "-t_srs",
                                            "EPSG:3857",
                                            "-te",
                                            std::to_string(west),
                                            std::to_string(north - side),
                                            std::to_string(west + side),
                                            std::to_string(north),
                                            "-ts",
                                            "256",
                                            "256",
                                            "-r",
                                            resampling,
                                            "-ot",
                                            "Float32",
                                            "-dstnodata",
                                            "nan",
                                            "-et",
                                            "0",
                                            "-wo",
                                            "UNIFIED_SRC_NODATA=PARTIAL"};
    char** list = nullptr;
    for (const auto& word : words)
        list = CSLAddString(list, word.c_str());
    GDALWarpAppOptions* options = GDALWarpAppOptionsNew(list, nullptr);
    CSLDestroy(list);
    GDALDatasetH source = &dataset;
    DatasetHandle result(GDALDataset::FromHandle(GDALWarp("", nullptr, 1, &source, options, nullptr)));
    GDALWarpAppOptionsFree(options);
    std::vector<float> values(256 * 256);
    EXPECT_EQ(CE_None, result->GetRasterBand(band)->RasterIO(GF_Read, 0, 0, 256, 256, values.data(), 256, 256,
                                                             GDT_Float32, 0, 0, nullptr));
    return values;
}

struct Oracle {
    const char* file;
    const char* driver;
    int band;
    double ratio;          ///< source pixels per tile pixel
    double mean_tolerance; ///< of the values' spread
    double mask_tolerance; ///< share of pixels whose validity differs
};

TEST(RealTiles, AgreeWithTheWarperOfGdal) {
    const std::vector<Oracle> cases = {
        {"landsat7_rgb_utm18.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"sentinel2_tci_rgb_utm34.tif", "GTiff", 2, 1, 0.01, 0.01},
        {"sentinel2_tci_rgb_utm34.tif", "GTiff", 2, 4, 0.03, 0.01},
        {"landsat8_rgb_uint16_utm18.tif", "GTiff", 3, 1, 0.01, 0.01},
        {"landsat5_sr_6band_int16_mga55.tif", "GTiff", 4, 1, 0.01, 0.01},
        {"sentinel2_b01_60m_utm32.jp2", "JP2OpenJPEG", 1, 1, 0.01, 0.01},
        {"swissalti3d_dem_epsg2056_cog.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"dsm_float32_utm32_nrw.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"sar_rotated_utm59s.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"antimeridian_utm60_cog.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"float32_nodata_utm10_cog.tif", "GTiff", 1, 1, 0.02, 0.02},
        {"float64_nodata_nan_4326.tif", "GTiff", 1, 1, 0.02, 0.02},
        {"blue_marble_world_4326_notcog.tif", "GTiff", 1, 1, 0.01, 0.01},
        {"sentinel1_gcps_only_cog.tif", "GTiff", 1, 1, 0.10, 0.03},
    };
    for (const Oracle& oracle : cases) {
        const auto path = real_file(oracle.file);
        if (!path)
            GTEST_SKIP() << "the real test data are not here: " << oracle.file;
        auto image = image_of(open_raster(*path, oracle.driver));
        ASSERT_TRUE(image);
        const TileAddress tile = tile_over(image->dataset(), oracle.ratio);
        TileRequest request = request_for(tile);
        request.rendering.bands = {oracle.band};
        const auto ours = tile_values(*image, request);
        ASSERT_TRUE(ours) << ours.error().message;
        const auto theirs = warped(image->dataset(), oracle.band, tile, "bilinear");
        double sum = 0, low = 1e30, high = -1e30;
        std::size_t both = 0, differ = 0;
        for (std::size_t i = 0; i < theirs.size(); ++i) {
            const bool a = std::isfinite((*ours)[i]), b = std::isfinite(theirs[i]);
            differ += a != b;
            if (!a || !b)
                continue;
            ++both;
            sum += std::fabs(static_cast<double>((*ours)[i]) - static_cast<double>(theirs[i]));
            low = std::min(low, static_cast<double>(theirs[i]));
            high = std::max(high, static_cast<double>(theirs[i]));
        }
        ASSERT_GT(both, 1000U) << oracle.file;
        const double mean = sum / static_cast<double>(both) / std::max(high - low, 1e-9);
        std::printf("%-40s z%d mean %.4f validity differs %.4f\n", oracle.file, tile.z, mean,
                    static_cast<double>(differ) / 65'536);
        EXPECT_LE(mean, oracle.mean_tolerance) << oracle.file;
        EXPECT_LE(static_cast<double>(differ) / 65'536, oracle.mask_tolerance) << oracle.file;
    }
}

TEST(RealTiles, EveryRasterIsDrawnOrRefusedWithASentenceAtEveryZoom) {
    const std::vector<std::pair<std::string, bool>> files = {{"landsat7_rgb_utm18.tif", true},
                                                             {"landsat7_6band_sirgas_utm25s.tif", true},
                                                             {"landsat8_b2_dn_uint16_utm31.tif", true},
                                                             {"landcover_colormap_3857_cog.tif", true},
                                                             {"nlcd_landcover_rat_albers.tif", true},
                                                             {"above_landcover_31band_lcc_cog.tif", true},
                                                             {"greenland_uint16_utm21_notcog.tif", true},
                                                             {"int16_scale_offset_cog.tif", true},
                                                             {"rgb_internal_mask_utm13_cog.tif", true},
                                                             {"rgba_alpha_utm13_cog.tif", true},
                                                             {"naip_rgba_3857_cog.tif", true},
                                                             {"naip_rgb_jpeg_huge_sparse_3857_cog.tif", true},
                                                             {"sentinel1_gcps_only_cog.tif", true},
                                                             {"blue_marble_world_4326_notcog.tif", true},
                                                             {"mars_hirise_cog.tif", false}};
    Encoder encoder;
    for (const auto& [name, drawable] : files) {
        const auto path = real_file(name);
        if (!path)
            GTEST_SKIP() << "the real test data are not here: " << name;
        auto image = image_of(open_raster(*path, "GTiff"));
        ASSERT_TRUE(image) << name;
        if (!drawable) {
            const auto tile = render_tile(*image, request_for({0, 0, 0, 256}), encoder);
            EXPECT_FALSE(tile) << name;
            EXPECT_TRUE(tile || tile.error().code == Code::InvalidArgument);
            continue;
        }
        const TileAddress centre = tile_over(image->dataset(), 1);
        for (int zoom = 0; zoom <= std::min(24, centre.z + 3); ++zoom) {
            const int shift = centre.z - zoom;
            const TileAddress tile{zoom, shift >= 0 ? centre.x >> shift : centre.x << -shift,
                                   shift >= 0 ? centre.y >> shift : centre.y << -shift, 256};
            const auto drawn = render_tile(*image, request_for(tile), encoder);
            ASSERT_TRUE(drawn) << name << drawn.error().message << drawn.error().cause;
            // Both have nothing but missing pixels in their middle.
            const bool sparse =
                name == "naip_rgb_jpeg_huge_sparse_3857_cog.tif" || name == "above_landcover_31band_lcc_cog.tif";
            EXPECT_TRUE(!drawn->empty || sparse || zoom < centre.z - 4 || zoom > centre.z) << name << " zoom " << zoom;
        }
    }
}

TEST(RealTiles, MasksAndAlphaHideExactlyTheirPixels) {
    // Counted in the files: pixels of mask 0 and of alpha 0.
    const std::vector<std::pair<std::string, std::size_t>> files = {{"rgb_internal_mask_utm13_cog.tif", 2739},
                                                                    {"rgba_alpha_utm13_cog.tif", 10'044}};
    for (const auto& [name, hidden] : files) {
        const auto path = real_file(name);
        if (!path)
            GTEST_SKIP() << "the real test data are not here: " << name;
        auto image = image_of(open_raster(*path, "GTiff"));
        const auto picture = draw_thumbnail(*image, {}, {}, 2048);
        ASSERT_TRUE(picture);
        EXPECT_EQ(picture->width, 383);
        EXPECT_NEAR(static_cast<double>(count_transparent(*picture)), static_cast<double>(hidden),
                    0.02 * static_cast<double>(hidden));
    }
}

} // namespace
} // namespace landfall::raster

#include "unit/raster/uploaded.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace landfall::raster {
namespace {

using landfall::testing::read_bytes;
using landfall::testing::test_data;

/// Every file of the folder of real imagery, with the sidecars of its name. Expected values come from gdalinfo -stats
/// and gdaltransform.
class RealFiles : public ::testing::Test {
protected:
    void SetUp() override {
        if (!test_data())
            GTEST_SKIP() << "no real imagery: set LANDFALL_TEST_DATA to its folder";
    }

    static Result<Facts> probe_real(const std::string& name) {
        std::vector<UploadedFile> files = {{name, read_bytes(*test_data() / name)}};
        for (const auto& entry : std::filesystem::directory_iterator(*test_data())) {
            const std::string other = entry.path().filename().string();
            if (belongs_to(other, name))
                files.push_back({other, read_bytes(entry.path())});
        }
        return probe_uploaded(files);
    }

    static void expect_box(const Facts& facts, const std::array<double, 4>& box) {
        ASSERT_TRUE(facts.bbox);
        for (std::size_t i = 0; i < 4; ++i)
            EXPECT_NEAR((*facts.bbox)[i], box[i], 2e-6) << i;
    }
};

TEST_F(RealFiles, AreAllReadAndTheirFactsSurviveJson) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*test_data())) {
        const std::string name = entry.path().filename().string();
        if (is_sidecar(name) || name == "README.md")
            continue;
        const auto facts = probe_real(name);
        ASSERT_TRUE(facts) << name << ": " << facts.error().message << facts.error().cause;
        const auto again = schema::read_answer<Facts>("probe", schema::to_json_text(*facts));
        ASSERT_TRUE(again) << name << again.error().cause;
        EXPECT_EQ(schema::to_json_text(*again), schema::to_json_text(*facts)) << name;
        ++count;
    }
    EXPECT_GT(count, 30);
}

TEST_F(RealFiles, StatisticsAgreeWithGdalinfo) {
    struct Case {
        const char* name;
        double min, max, mean, std, valid;
    };
    for (const auto& [name, min, max, mean, std, valid] :
         {Case{"float32_nodata_utm10_cog.tif", 0.0014450629241765, 29.847852706909, 0.18117611299901, 0.21173971987149,
               0.4888},
          Case{"dsm_float32_utm32_nrw.tif", 87.290000915527, 167.74000549316, 118.92361654588, 7.6527680164932, 1},
          Case{"landsat8_b2_dn_uint16_utm31.tif", 8736, 56198, 18596.190634617, 9509.6427321103, 0.7961},
          Case{"int16_scale_offset_cog.tif", -894, 13413, 4897.7902945216, 3560.2254988839, 0.9999},
          Case{"float64_nodata_nan_4326.tif", 0, 5.4350474148243, 0.12311790699648, 0.10589654924374, 0.4312},
          Case{"swissalti3d_dem_epsg2056_cog.tif", 1615.8171386719, 2015.0944824219, 1754.5338138016, 103.46651907504,
               1},
          Case{"landsat5_sr_6band_int16_mga55.tif", 122, 3704, 498.96795417557, 203.62818636937, 0.9372}}) {
        const auto facts = probe_real(name);
        ASSERT_TRUE(facts && facts->raster && facts->raster->bands[0].statistics) << name;
        const BandStatistics& found = *facts->raster->bands[0].statistics;
        EXPECT_NEAR(found.min, min, 1e-9 * std::abs(min) + 1e-9) << name;
        EXPECT_NEAR(found.max, max, 1e-9 * max) << name;
        EXPECT_NEAR(found.mean, mean, 1e-9 * mean) << name;
        EXPECT_NEAR(found.std, std, 1e-9 * std) << name;
        EXPECT_NEAR(found.valid, valid, 1e-4) << name;
        EXPECT_TRUE(found.exact) << name;
        EXPECT_LE(found.min, found.p2);
        EXPECT_LT(found.p2, found.p98);
    }
}

TEST_F(RealFiles, PlacesAgreeWithGdalinfo) {
    const auto dateline = probe_real("antimeridian_utm60_cog.tif");
    ASSERT_TRUE(dateline);
    EXPECT_EQ((*dateline->geometry)["type"].as_string(), "MultiPolygon");
    expect_box(*dateline, {177.9985714, 50.5818535, -178.5138229, 52.773743});
    const auto rotated = probe_real("sar_rotated_utm59s.tif");
    ASSERT_TRUE(rotated && rotated->raster->transform);
    expect_box(*rotated, {169.4416442, -19.5338811, 169.4554352, -19.5208054});
    EXPECT_NEAR(*rotated->gsd, 0.5942, 1e-3);
    const auto gcps = probe_real("sentinel1_gcps_only_cog.tif");
    ASSERT_TRUE(gcps);
    EXPECT_TRUE(gcps->raster->gcps_only && gcps->raster->renderable);
    EXPECT_EQ(gcps->datetime, "2018-07-16T06:06:23.000000Z");
    const auto mars = probe_real("mars_hirise_cog.tif");
    ASSERT_TRUE(mars);
    EXPECT_FALSE(mars->geometry || mars->raster->renderable);
    EXPECT_FALSE(mars->warnings.empty());
    const auto swiss = probe_real("swissalti3d_dem_epsg2056_cog.tif");
    expect_box(*swiss, {7.0906249, 45.9160584, 7.1035698, 45.925093});
    EXPECT_EQ(swiss->epsg, 2056);
    EXPECT_NEAR(*swiss->gsd, 2.5, 0.001);
}

TEST_F(RealFiles, ShapesMasksAndClassesAreTold) {
    EXPECT_TRUE(probe_real("greenland_uint16_utm21_cog.tif")->raster->is_cog);
    EXPECT_FALSE(probe_real("greenland_uint16_utm21_notcog.tif")->raster->is_cog);
    EXPECT_TRUE(probe_real("rgb_internal_mask_utm13_cog.tif")->raster->has_mask);
    EXPECT_EQ(probe_real("rgba_alpha_utm13_cog.tif")->raster->bands[3].name, "alpha");
    EXPECT_TRUE(probe_real("naip_rgb_jpeg_huge_sparse_3857_cog.tif")->raster->renderable);
    const auto slc = probe_real("sentinel1_slc_complex_gcps.tif");
    EXPECT_FALSE(slc->raster->renderable || slc->raster->bands[0].statistics);
    const auto world = probe_real("blue_marble_world_4326_notcog.tif");
    EXPECT_TRUE(world->raster->sampled_only);
    EXPECT_FALSE(world->raster->bands[0].statistics->exact);
    const auto cover = probe_real("nlcd_landcover_rat_albers.tif");
    ASSERT_TRUE(cover->raster->looks_categorical);
    const auto& colors = cover->raster->bands[0].colors;
    EXPECT_TRUE(std::any_of(colors.begin(), colors.end(), [](const ColorEntry& c) { return !c.label.empty(); }));
    const auto hgt = probe_real("srtm_N10W110.hgt.zip");
    EXPECT_EQ(hgt->driver, "SRTMHGT");
    EXPECT_EQ(hgt->media_type, "application/zip");
    const auto png = probe_real("landsat7_rgb_utm18_worldfile.png");
    EXPECT_EQ(png->epsg, 32618);
}

TEST_F(RealFiles, VectorsAreCountedAndShifted) {
    const auto counties = probe_real("nc_counties_nad27.gpkg");
    ASSERT_TRUE(counties && counties->vector);
    EXPECT_EQ(counties->vector->layers[0].feature_count, 100);
    EXPECT_EQ(counties->epsg, 4267);
    EXPECT_GT(std::abs((*counties->bbox)[0] - (*counties->native_bbox)[0]), 5e-5);
    const auto countries = probe_real("natural_earth_countries_shapefile.zip");
    EXPECT_EQ(countries->vector->layers[0].feature_count, 177);
    EXPECT_EQ(countries->vector->layers[0].name, "naturalearth_lowres");
    EXPECT_EQ(countries->vector->layers[0].fields[0].type, "integer");
    EXPECT_EQ(probe_real("natural_earth_countries.fgb")->vector->layers[0].feature_count, 179);
    EXPECT_EQ(probe_real("us_states.geojson")->vector->layers[0].feature_count, 49);
    EXPECT_EQ(probe_real("countries_alps.kml")->vector->layers[0].feature_count, 5);
}

} // namespace
} // namespace landfall::raster

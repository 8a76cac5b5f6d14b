#include "imagery/raster_kind.hpp"

#include <gtest/gtest.h>

namespace landfall::imagery {
namespace {

Facts one_band(const std::string& type, const std::string& description = "") {
    Facts facts;
    facts.driver = "GTiff";
    facts.raster.emplace();
    BandFacts& band = facts.raster->bands.emplace_back();
    band.name = description.empty() ? "b1" : description;
    band.description = description;
    band.data_type = type;
    band.statistics = BandStatistics{.min = 0, .max = 900, .p2 = 1, .p98 = 800};
    return facts;
}

TEST(RasterKind, IsToldByTheWordsAroundTheOnlyBand) {
    EXPECT_EQ(kind_of(one_band("float32"), "swissalti3d_dem_epsg2056_cog.tif"), RasterKind::Elevation);
    EXPECT_EQ(kind_of(one_band("int16", "Elevation"), "x.tif"), RasterKind::Elevation);
    EXPECT_EQ(kind_of(one_band("uint16"), "S1A_IW_GRDH_VV.tiff"), RasterKind::Radar);
    EXPECT_EQ(kind_of(one_band("float32", "sigma0"), ""), RasterKind::Radar);
    EXPECT_EQ(kind_of(one_band("float32"), "scene.tif"), RasterKind::Other);
    EXPECT_EQ(kind_of(one_band("float32"), "academic-demand.tif"), RasterKind::Other) << "only whole words count";
}

TEST(RasterKind, IsNoneOfBytesClassesAndSeveralBands) {
    EXPECT_EQ(kind_of(one_band("uint8"), "dem.tif"), RasterKind::Other);
    Facts classes = one_band("int16");
    classes.raster->looks_categorical = true;
    EXPECT_EQ(kind_of(classes, "dem.tif"), RasterKind::Other);
    Facts two = one_band("float32");
    two.raster->bands.push_back(two.raster->bands.front());
    EXPECT_EQ(kind_of(two, "dem.tif"), RasterKind::Other);
    two.raster->bands.back().color_interpretation = "alpha";
    EXPECT_EQ(kind_of(two, "dem.tif"), RasterKind::Elevation);
    Facts decibels = one_band("float32", "VV");
    decibels.raster->bands[0].statistics->min = -30;
    EXPECT_EQ(kind_of(decibels, ""), RasterKind::Other) << "they are decibels already";
}

} // namespace
} // namespace landfall::imagery

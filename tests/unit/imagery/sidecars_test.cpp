#include "imagery/sidecars.hpp"

#include <gtest/gtest.h>

namespace landfall::imagery {
namespace {

TEST(Sidecars, AreKnownBySuffixInAnyCase) {
    EXPECT_EQ(sidecar_suffix("scene.tif.AUX.XML"), "aux.xml");
    EXPECT_EQ(sidecar_suffix("scene.TFW"), "tfw");
    EXPECT_EQ(sidecar_suffix("folder/scene.tif.ovr"), "ovr");
    EXPECT_EQ(sidecar_suffix("scene_RPC.TXT"), "rpc.txt");
    EXPECT_EQ(sidecar_suffix("scene.RPB"), "rpb");
    EXPECT_FALSE(is_sidecar("scene.rpc.txt"));
    EXPECT_FALSE(is_sidecar("scene.tif"));
    EXPECT_FALSE(is_sidecar(".prj"));
    EXPECT_FALSE(is_sidecar("prj"));
}

TEST(Sidecars, BelongToTheFileOfTheirStemOrWholeName) {
    EXPECT_TRUE(belongs_to("scene.tif.aux.xml", "scene.tif"));
    EXPECT_TRUE(belongs_to("scene.aux.xml", "scene.tif"));
    EXPECT_TRUE(belongs_to("Scene.TFW", "scene.tif"));
    EXPECT_FALSE(belongs_to("other.tfw", "scene.tif"));
    EXPECT_FALSE(belongs_to("scene.dbf", "scene.tif"));
    EXPECT_TRUE(belongs_to("roads.dbf", "roads.shp"));
    EXPECT_TRUE(belongs_to("a.b.tfw", "a.b.tif"));
    EXPECT_TRUE(belongs_to("scene_rpc.txt", "scene.tif"));
}

TEST(Sidecars, GroupAnUploadIntoPrimariesAndWhatServesThem) {
    const auto groups = group_files({"b.tfw", "a.tif", "a.tif.ovr", "b.png", "roads.shp", "roads.shx", "roads.prj"});
    ASSERT_TRUE(groups) << groups.error().message;
    ASSERT_EQ(groups->size(), 3U);
    EXPECT_EQ((*groups)[0].primary, 1U);
    EXPECT_EQ((*groups)[0].sidecars, std::vector<std::size_t>{2});
    EXPECT_EQ((*groups)[1].sidecars, std::vector<std::size_t>{0});
    EXPECT_EQ((*groups)[2].sidecars, (std::vector<std::size_t>{5, 6}));
}

TEST(Sidecars, OfNothingAreNamedInTheRefusal) {
    const auto lost = group_files({"a.tif", "b.tfw"});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::InvalidArgument);
    EXPECT_NE(lost.error().message.find("\"b.tfw\""), std::string::npos);
    EXPECT_FALSE(group_files({"a.tif", "a.tif"}));
}

TEST(Sidecars, GetTheNameUnderWhichGDALLooksForThem) {
    EXPECT_EQ(safe_sidecar_name("../scene.aux.xml", "input.tif"), "input.tif.aux.xml");
    EXPECT_EQ(safe_sidecar_name("scene.tfw", "input.tif"), "input.wld");
    EXPECT_EQ(safe_sidecar_name("scene.msk", "input.jp2"), "input.jp2.msk");
    EXPECT_EQ(safe_sidecar_name("roads.DBF", "input.shp"), "input.dbf");
    EXPECT_EQ(safe_sidecar_name("scene_rpc.txt", "input.tif"), "input_RPC.TXT");
    EXPECT_EQ(safe_sidecar_name("scene.rpb", "input.tif"), "input.RPB");
    EXPECT_EQ(safe_sidecar_name("scene.tif", "input.tif"), "");
}

TEST(Sidecars, StemsLosePathAndExtension) {
    EXPECT_EQ(file_stem("a/b/scene.v2.tif"), "scene.v2");
    EXPECT_EQ(file_stem("N10W110.hgt.zip"), "N10W110");
    EXPECT_EQ(file_stem("roads.zip"), "roads");
    EXPECT_EQ(file_stem(".hidden"), ".hidden");
}

} // namespace
} // namespace landfall::imagery

#include "imagery/sidecars.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

/// Files whose content is data where their name promises it.
std::vector<SentFile> sent(const std::vector<std::string>& names) {
    std::vector<SentFile> files;
    for (const std::string& name : names)
        files.push_back({name, promises_data(name)});
    return files;
}

using Indices = std::vector<std::size_t>;

TEST(Sidecars, GroupAnUploadIntoPrimariesAndWhatServesThem) {
    const auto grouping =
        group_files(sent({"b.tfw", "a.tif", "a.tif.ovr", "b.png", "roads.shp", "roads.shx", "roads.prj"}));
    ASSERT_TRUE(grouping) << grouping.error().message;
    const auto& groups = grouping->groups;
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[0].primary, 1U);
    EXPECT_EQ(groups[0].sidecars, Indices{2});
    EXPECT_EQ(groups[1].sidecars, Indices{0});
    EXPECT_EQ(groups[2].sidecars, (Indices{5, 6}));
    EXPECT_TRUE(grouping->left_out.empty());
}

TEST(Sidecars, CompanionsGoWithTheFileWhoseNameTheyContinue) {
    const auto grouping =
        group_files(sent({"roads.shp", "roads.sbn", "roads.shp.xml", "cover.tif", "cover.tif.vat.dbf", "cover.qml",
                          "cover.tif.xml", "cover_metadata.xml", "cover_2.tif", "cover_2.lyr"}));
    ASSERT_TRUE(grouping);
    const auto& groups = grouping->groups;
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[0].companions, (Indices{1, 2}));
    EXPECT_EQ(groups[1].companions, (Indices{4, 5, 6, 7}));
    EXPECT_EQ(groups[2].companions, Indices{9});
    EXPECT_TRUE(grouping->left_out.empty());
    EXPECT_EQ(sidecar_key("roads.shp.xml", "roads.shp"), "shp.xml");
    EXPECT_EQ(sidecar_key("cover.tif.vat.dbf", "cover.tif"), "tif.vat.dbf");
    EXPECT_EQ(sidecar_key("cover.tif.aux.xml", "cover.tif"), "aux.xml");
    EXPECT_EQ(sidecar_key("LC08_1_2_3_MTL.txt", "LC08_1_2_3_B4.TIF"), "mtl.txt");
}

TEST(Sidecars, MetadataOfASceneGoesWithEachOfItsBands) {
    const auto grouping = group_files(sent(
        {"LC08_L1TP_195025_20200415_B4.TIF", "LC08_L1TP_195025_20200415_B5.TIF", "LC08_L1TP_195025_20200415_MTL.txt"}));
    ASSERT_TRUE(grouping);
    for (const auto& group : grouping->groups)
        EXPECT_EQ(group.companions, Indices{2});
    EXPECT_EQ(safe_sidecar_name("LC08_L1TP_195025_20200415_MTL.txt", "input.tif"), "input_MTL.txt");
    EXPECT_FALSE(is_scene_metadata("LC08_MTL.txt", "other.tif"));
}

TEST(Sidecars, WhatBelongsToNothingIsLeftOut) {
    const auto grouping =
        group_files(sent({"a.tif", "b.tfw", "README", "LICENSE.txt", ".DS_Store", "Thumbs.db", "._a.tif"}));
    ASSERT_TRUE(grouping);
    ASSERT_EQ(grouping->groups.size(), 1U);
    EXPECT_TRUE(grouping->groups[0].companions.empty());
    EXPECT_EQ(grouping->left_out, (Indices{1, 2, 3, 4, 5, 6}));
    EXPECT_TRUE(group_files(sent({"a.tfw", "README"}))->groups.empty());
    EXPECT_FALSE(group_files(sent({"a.tif", "a.tif"})));
}

TEST(Sidecars, DataWithoutAPromisingNameIsAPrimary) {
    const auto grouping = group_files({{"scan", true}, {"scan.prj", false}, {"notes", false}});
    ASSERT_TRUE(grouping);
    ASSERT_EQ(grouping->groups.size(), 1U);
    EXPECT_EQ(grouping->groups[0].sidecars, Indices{1});
    EXPECT_EQ(grouping->left_out, Indices{2});
}

TEST(Sidecars, NamesAreComparedInOneUnicodeForm) {
    const std::string composed = "Z\xc3\xbcrich.tif";    // ü
    const std::string decomposed = "Zu\xcc\x88rich.tfw"; // u and two dots
    EXPECT_TRUE(belongs_to(decomposed, composed));
    EXPECT_TRUE(belongs_to("Z\xc3\xbcrich.tfw", "Zu\xcc\x88rich.tif"));
    EXPECT_TRUE(belongs_to("\xe1\x84\x80\xe1\x85\xa1.prj", "\xea\xb0\x80.tif")) << "Hangul";
    EXPECT_FALSE(belongs_to("Zurich.tfw", composed));
    EXPECT_FALSE(belongs_to("Z\xfcrich.tfw", composed)) << "no UTF-8";
}

TEST(Sidecars, GetTheNameUnderWhichGDALLooksForThem) {
    EXPECT_EQ(safe_sidecar_name("../scene.aux.xml", "input.tif"), "input.tif.aux.xml");
    EXPECT_EQ(safe_sidecar_name("scene.tfw", "input.tif"), "input.wld");
    EXPECT_EQ(safe_sidecar_name("scene.msk", "input.jp2"), "input.jp2.msk");
    EXPECT_EQ(safe_sidecar_name("roads.DBF", "input.shp"), "input.dbf");
    EXPECT_EQ(safe_sidecar_name("scene_rpc.txt", "input.tif"), "input_RPC.TXT");
    EXPECT_EQ(safe_sidecar_name("scene.rpb", "input.tif"), "input.RPB");
    EXPECT_EQ(safe_sidecar_name("scene.tif", "input.tif"), "");
    EXPECT_EQ(safe_sidecar_name("scene.tif.vat.dbf", "input.tif"), "") << "a part of Shapefiles only";
}

TEST(Sidecars, StemsLosePathAndExtension) {
    EXPECT_EQ(file_stem("a/b/scene.v2.tif"), "scene.v2");
    EXPECT_EQ(file_stem("N10W110.hgt.zip"), "N10W110");
    EXPECT_EQ(file_stem("roads.zip"), "roads");
    EXPECT_EQ(file_stem(".hidden"), ".hidden");
}

} // namespace
} // namespace landfall::imagery

#include "cli/transfer/file_name.hpp"
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace landfall::cli {
namespace {

TEST(FileName, WhatAServerChoseStaysInTheFolder) {
    EXPECT_EQ(safe_file_name("scene.tif"), "scene.tif");
    EXPECT_EQ(safe_file_name("../../etc/passwd"), "passwd");
    EXPECT_EQ(safe_file_name("C:\\temp\\a.tif"), "a.tif");
    EXPECT_EQ(safe_file_name(".bashrc"), "bashrc");
    EXPECT_EQ(safe_file_name("..."), "download");
    EXPECT_EQ(safe_file_name("dir/"), "download");
    EXPECT_EQ(safe_file_name(""), "download");
    EXPECT_EQ(safe_file_name("-rf"), "_rf");
    EXPECT_EQ(safe_file_name("a\nb\x1b?.tif"), "a_b__.tif");
    EXPECT_EQ(safe_file_name("Zürich.tif"), "Zürich.tif");
    EXPECT_TRUE(is_utf8(safe_file_name("a\xff.tif")));
}

TEST(FileName, LongNamesKeepTheirExtension) {
    std::string name;
    for (int i = 0; i < 300; ++i)
        name += "é";
    const std::string safe = safe_file_name(name + ".tif");
    EXPECT_LE(safe.size(), 200U);
    EXPECT_TRUE(safe.ends_with(".tif"));
    EXPECT_TRUE(is_utf8(safe));
}

TEST(FileName, DispositionsAreReadInEveryForm) {
    EXPECT_EQ(disposition_file_name("attachment; filename=\"a \\\"b\\\".tif\""), "a \"b\".tif");
    EXPECT_EQ(disposition_file_name("attachment; filename=a.tif; size=3"), "a.tif");
    EXPECT_EQ(disposition_file_name("attachment; filename=\"x\"; filename*=UTF-8''Z%C3%BCrich.tif"), "Zürich.tif");
    EXPECT_EQ(disposition_file_name("attachment; FileName=\"a.tif\""), "a.tif");
    EXPECT_EQ(disposition_file_name("attachment; note=\"; filename=evil\"; filename=good"), "good");
    EXPECT_EQ(disposition_file_name("attachment; filename*=UTF-8''%zz; filename=b"), "b");
    EXPECT_EQ(disposition_file_name("inline"), std::nullopt);
    EXPECT_EQ(disposition_file_name("attachment; filename="), std::nullopt);
    EXPECT_EQ(disposition_file_name(""), std::nullopt);
}

TEST(FileName, ExtensionsAndMediaTypesMatch) {
    EXPECT_EQ(media_type_of("A.TIF"), "image/tiff");
    EXPECT_EQ(media_type_of("a.geojson"), "application/geo+json");
    EXPECT_EQ(media_type_of("a"), "application/octet-stream");
    EXPECT_EQ(media_type_of(".tif"), "application/octet-stream");
    EXPECT_EQ(extension_of("image/tiff; application=geotiff"), ".tif");
    EXPECT_EQ(extension_of("x/y"), "");
}

} // namespace
} // namespace landfall::cli
